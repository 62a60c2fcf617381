import {
  type DeviceKeys,
  ENROLLMENT_KINDS,
  type EnrollmentKeys,
  type EnrollmentKindName,
  HubError,
  LIMITS,
  type RegistrationPage,
  type RegistrationView,
} from '@viaduct/contracts';
import {
  deriveDeviceKey,
  getEnrollment,
  listRegistrations,
  type Provisioning,
  type RegistrationRecord,
  removeRegistration,
  requireRegistrationId,
} from '@viaduct/provisioning';
import type { FastifyInstance } from 'fastify';
import { isHubHere } from './attempt-view.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { WORD } from './enrollment-routes.ts';

interface OfEnrollment {
  Params: { kind: EnrollmentKindName; id: string };
}

/** Keys that devices come with, and which devices came. Whoever looks at a key is in the audit. */
export function registrationRoutes(app: FastifyInstance, { provisioning, store }: ConsoleParts): void {
  app.post<OfEnrollment>('/provisioning/enrollments/:kind/:id/keys', { schema: { params: ONE } }, (request) => {
    const { kind, id } = request.params;
    return audited(store, request, { action: `${WORD[kind]}.showKeys`, object: id }, () =>
      keysOf(provisioning, kind, id),
    );
  });

  app.post<{ Params: { id: string }; Body: { registrationId: string } }>(
    '/provisioning/enrollments/group/:id/device-key',
    { schema: { body: DEVICE } },
    (request): Promise<DeviceKeys> => {
      const { params, body } = request;
      const object = `${params.id}: ${body.registrationId}`;
      return audited(store, request, { action: 'enrollmentGroup.deviceKey', object }, async () => {
        const registrationId = requireRegistrationId(body.registrationId);
        const { primaryKey, secondaryKey } = await keysOf(provisioning, 'group', params.id);
        return {
          registrationId,
          // In lower case, as people are told to: then it fits however the device writes its id.
          primaryKey: deriveDeviceKey(primaryKey, registrationId.toLowerCase()),
          secondaryKey: deriveDeviceKey(secondaryKey, registrationId.toLowerCase()),
        };
      });
    },
  );

  app.get<OfEnrollment & { Querystring: { after?: string; limit: number } }>(
    '/provisioning/enrollments/:kind/:id/registrations',
    { schema: { params: ONE, querystring: PAGE } },
    async ({ params, query }): Promise<RegistrationPage> => {
      const { items, next } = await listRegistrations(provisioning, params.kind, params.id, query);
      const told = items.map((row) => registrationView(provisioning, row));
      return next === null ? { items: told } : { items: told, next };
    },
  );

  app.delete<{ Params: { id: string }; Querystring: { etag?: string } }>(
    '/provisioning/registrations/:id',
    async (request, reply) => {
      const { id } = request.params;
      await audited(store, request, { action: 'registration.remove', object: id }, () =>
        removeRegistration(provisioning, id, request.query.etag),
      );
      return reply.code(204).send();
    },
  );
}

async function keysOf(p: Provisioning, kind: EnrollmentKindName, id: string): Promise<EnrollmentKeys> {
  const { attestation } = await getEnrollment(p, kind, id);
  if (attestation.kind !== 'symmetricKey') {
    throw new HubError('enrollment.invalid', `${id} has no keys: its devices prove themselves in another way`);
  }
  const { primaryKey, secondaryKey } = attestation;
  return { primaryKey, secondaryKey };
}

function registrationView(p: Provisioning, row: RegistrationRecord): RegistrationView {
  const { registrationId, status, substatus, deviceId, assignedHub, hubName, createdTime, updatedTime, etag } = row;
  return {
    ...{ registrationId, status, substatus, deviceId, assignedHub, createdTime, updatedTime, etag },
    isHere: isHubHere(p, hubName),
    message: row.refusal?.message ?? null,
    certificateEnds: row.certificate?.notAfter ?? null,
  };
}

const ID = { type: 'string', maxLength: LIMITS.ID_CHARACTERS_MAX } as const;
const ONE = { type: 'object', properties: { kind: { enum: ENROLLMENT_KINDS }, id: ID } } as const;
const PAGE = {
  type: 'object',
  properties: {
    after: ID,
    limit: { type: 'integer', minimum: 1, maximum: LIMITS.ENROLLMENTS_PAGE_MAX, default: 50 },
  },
} as const;
const DEVICE = {
  type: 'object',
  required: ['registrationId'],
  additionalProperties: false,
  properties: { registrationId: ID },
} as const;
