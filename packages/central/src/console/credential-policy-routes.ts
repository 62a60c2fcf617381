import {
  CERTIFICATE_KEY_TYPES,
  type CredentialPoliciesView,
  type CredentialPolicyInput,
  type CredentialPolicyView,
  LIMITS,
} from '@viaduct/contracts';
import { createCredentialPolicy, listCredentialPolicies, removeCredentialPolicy } from '@viaduct/provisioning';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import { certificateView } from './certificate-view.ts';
import type { ConsoleParts } from './console-parts.ts';

interface OfPolicy {
  Params: { name: string };
  /** The version that the person sees; a removal of any other is refused. */
  Querystring: { etag?: string };
}

/** By which rules certificates are issued to devices, and who signs them. */
export function credentialPolicyRoutes(app: FastifyInstance, { provisioning, store }: ConsoleParts): void {
  app.get(
    '/provisioning/credential-policies',
    async (): Promise<CredentialPoliciesView> => ({
      policies: await listCredentialPolicies(provisioning),
      issuer: certificateView(await provisioning.issuer.issuingCertificate()),
    }),
  );

  app.post<{ Body: CredentialPolicyInput }>(
    '/provisioning/credential-policies',
    { schema: { body: NEW } },
    (request, reply): Promise<CredentialPolicyView> => {
      const { name, ...rules } = request.body;
      reply.code(201);
      return audited(store, request, { action: 'credentialPolicy.add', object: name }, () =>
        createCredentialPolicy(provisioning, name, rules),
      );
    },
  );

  app.delete<OfPolicy>('/provisioning/credential-policies/:name', async (request, reply) => {
    const { name } = request.params;
    await audited(store, request, { action: 'credentialPolicy.remove', object: name }, () =>
      removeCredentialPolicy(provisioning, name, request.query.etag),
    );
    return reply.code(204).send();
  });
}

const NEW = {
  type: 'object',
  required: ['name', 'validityDays', 'keyTypes'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', maxLength: LIMITS.ID_CHARACTERS_MAX },
    validityDays: { type: 'integer', minimum: 1, maximum: LIMITS.ISSUED_CERTIFICATE_DAYS_MAX },
    keyTypes: { type: 'array', items: { enum: CERTIFICATE_KEY_TYPES }, minItems: 1, uniqueItems: true },
  },
} as const;
