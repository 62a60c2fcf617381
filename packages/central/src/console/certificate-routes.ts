import { type AuthorityView, LIMITS, type NewAuthority, proofCommands } from '@viaduct/contracts';
import {
  addCertificate,
  type CaCertificateRecord,
  listCertificates,
  newVerificationCode,
  removeCertificate,
  verifyCertificate,
} from '@viaduct/hub';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';

interface OfAuthority {
  Params: { name: string };
  /** The version that the person sees; a change to any other is refused. */
  Querystring: { etag?: string };
}

/** Certificate authorities whose signature lets devices in: who there is, proof of possession, removal. */
export function certificateRoutes(app: FastifyInstance, { hub, store }: ConsoleParts): void {
  const change = async (
    request: FastifyRequest,
    action: string,
    name: string,
    work: () => Promise<CaCertificateRecord>,
  ): Promise<AuthorityView> => authorityView(await audited(store, request, { action, object: name }, work));

  app.get('/certificates', async () => (await listCertificates(hub)).map(authorityView));

  app.post<{ Body: NewAuthority }>('/certificates', { schema: { body: NEW } }, (request, reply) => {
    const { name, certificate } = request.body;
    reply.code(201);
    return change(request, 'certificate.add', name, () => addCertificate(hub, { name, certificate }));
  });

  app.post<OfAuthority>('/certificates/:name/verification-code', (request) => {
    const { params, query } = request;
    return change(request, 'certificate.newCode', params.name, () => newVerificationCode(hub, params.name, query.etag));
  });

  app.post<OfAuthority & { Body: { proof: string } }>(
    '/certificates/:name/verification',
    { schema: { body: PROOF } },
    (request) => {
      const { params, query, body } = request;
      return change(request, 'certificate.verify', params.name, () =>
        verifyCertificate(hub, params.name, body.proof, query.etag),
      );
    },
  );

  app.delete<OfAuthority>('/certificates/:name', async (request, reply) => {
    const { params, query } = request;
    const deed = { action: 'certificate.remove', object: params.name };
    await audited(store, request, deed, () => removeCertificate(hub, params.name, query.etag));
    return reply.code(204).send();
  });
}

function authorityView(record: CaCertificateRecord): AuthorityView {
  const { verificationCode } = record;
  return { ...record, proofCommands: verificationCode === null ? [] : proofCommands(verificationCode) };
}

const PEM = { type: 'string', maxLength: LIMITS.PEM_CHARACTERS_MAX } as const;
const NEW = {
  type: 'object',
  required: ['name', 'certificate'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', maxLength: LIMITS.CA_CERTIFICATE_NAME_CHARACTERS_MAX },
    certificate: PEM,
  },
} as const;
const PROOF = {
  type: 'object',
  required: ['proof'],
  additionalProperties: false,
  properties: { proof: PEM },
} as const;
