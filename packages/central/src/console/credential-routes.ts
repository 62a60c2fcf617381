import {
  type CertificateFacts,
  type CredentialsView,
  type DeviceIdentity,
  identityKey,
  type KeyRotation,
  LIMITS,
  type NewAuthentication,
} from '@viaduct/contracts';
import { getDevice, type RegistryEntry, rotateKeys, updateDevice } from '@viaduct/hub';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { audited } from './audited.ts';
import { AUTHENTICATION, authenticationInput } from './authentication-input.ts';
import { readCertificateFacts } from './certificate-facts.ts';
import type { ConsoleParts } from './console-parts.ts';
import { credentialsView } from './credentials-view.ts';
import { IDENTITY_PATHS, type OfIdentity } from './identity-paths.ts';

/** How devices and modules prove who they are: look at it, change it, rotate keys. Every change ends the connection. */
export function credentialRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  for (const path of IDENTITY_PATHS) {
    app.get<OfIdentity>(`${path}/credentials`, async ({ params }): Promise<CredentialsView> => {
      return credentialsView(parts, await getDevice(parts.hub, params));
    });

    app.put<OfIdentity & { Body: NewAuthentication }>(
      `${path}/credentials`,
      { schema: { body: AUTHENTICATION } },
      (request) => {
        const { params, body } = request;
        const authentication = authenticationInput(body);
        return change(parts, request, params, `credentials.${body.type}`, () =>
          updateDevice(parts.hub, params, { authentication }),
        );
      },
    );

    app.post<OfIdentity & { Body: { which: KeyRotation } }>(
      `${path}/credentials/rotation`,
      { schema: { body: ROTATION } },
      (request) => {
        const { params, body } = request;
        return change(parts, request, params, `credentials.rotate.${body.which}`, () =>
          rotateKeys(parts.hub, params, body.which),
        );
      },
    );
  }

  app.post<{ Body: { pem: string } }>(
    '/certificate-facts',
    { schema: { body: PEM } },
    async ({ body }): Promise<CertificateFacts> => readCertificateFacts(body.pem),
  );
}

async function change(
  parts: ConsoleParts,
  request: FastifyRequest,
  identity: DeviceIdentity,
  action: string,
  work: () => Promise<RegistryEntry>,
): Promise<CredentialsView> {
  const entry = await audited(parts.store, request, { action, object: identityKey(identity) }, work);
  parts.live.announceUpdate(identity.deviceId);
  return credentialsView(parts, entry);
}

const ROTATION = {
  type: 'object',
  required: ['which'],
  additionalProperties: false,
  properties: { which: { enum: ['primary', 'secondary', 'swap'] } },
} as const;
const PEM = {
  type: 'object',
  required: ['pem'],
  additionalProperties: false,
  properties: { pem: { type: 'string', maxLength: LIMITS.PEM_CHARACTERS_MAX } },
} as const;
