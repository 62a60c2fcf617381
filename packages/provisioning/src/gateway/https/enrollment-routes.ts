import { HubError } from '@viaduct/contracts';
import { ifMatchIn, type JsonObject, jsonObjectIn } from '@viaduct/hub';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DEVICE_ACTIONS, type DeviceAction, type DevicesOutcome } from '../../core/enrollment/apply-to-devices.ts';
import { type BulkOutcome, bulkEnrollments } from '../../core/enrollment/bulk-enrollments.ts';
import { bulkWithDevices, putWithDevices, removeWithDevices } from '../../core/enrollment/change-with-devices.ts';
import { attestationDocument, enrollmentDocument } from '../../core/enrollment/enrollment-document.ts';
import { getEnrollment } from '../../core/enrollment/get-enrollment.ts';
import { putEnrollment } from '../../core/enrollment/put-enrollment.ts';
import { queryEnrollments } from '../../core/enrollment/query-enrollments.ts';
import { ID_MEMBERS } from '../../core/enrollment/read-enrollment.ts';
import { removeEnrollment } from '../../core/enrollment/remove-enrollment.ts';
import type { EnrollmentKind, EnrollmentRecord } from '../../core/ports.ts';
import type { Provisioning } from '../../core/provisioning.ts';
import { provisioningErrorCode } from '../problem.ts';
import { registrationStateDocument } from '../registration-document.ts';
import { authorizeByPolicy } from './authorize-by-policy.ts';
import { pageIn, setPage } from './read-provisioning-page.ts';

/** Where each kind lives, and what a page of it is called. */
const PLACES = {
  individual: { path: '/enrollments', itemType: 'enrollment' },
  group: { path: '/enrollmentgroups', itemType: 'enrollmentGroup' },
} as const;

/**
 * Individual enrolments, and groups in the same way below `/enrollmentGroups`.
 *
 *     PUT    /enrollments/{id}                        EnrollmentWrite   creates without If-Match, replaces with
 *     GET    /enrollments/{id}                        EnrollmentRead
 *     DELETE /enrollments/{id}                        EnrollmentWrite
 *     POST   /enrollments                             EnrollmentWrite   up to ten at once
 *     these three with ?devices=disable|enable|delete: so too, at their hubs, the devices that came by it
 *     POST   /enrollments/query                       EnrollmentRead
 *     POST   /enrollments/{id}/attestationmechanism   EnrollmentWrite   with keys: who reads them could be the device
 */
export function enrollmentRoutes(app: FastifyInstance, provisioning: Provisioning, kind: EnrollmentKind): void {
  const { path, itemType } = PLACES[kind];
  app.put(`${path}/:id`, async (request, reply) => {
    await authorizeByPolicy(provisioning, request, 'EnrollmentWrite');
    const [id, document, ifMatch] = [idIn(request), jsonObjectIn(request), ifMatchIn(request)];
    const action = deviceActionIn(request);
    if (action === undefined) {
      return answer(provisioning, await putEnrollment(provisioning, kind, id, document, ifMatch), reply);
    }
    const { enrollment, devices } = await putWithDevices(provisioning, kind, id, { document, ifMatch, action });
    return { ...(await answer(provisioning, enrollment, reply)), devices: devicesDocument(devices) };
  });
  app.get(`${path}/:id`, async (request, reply) => {
    await authorizeByPolicy(provisioning, request, 'EnrollmentRead');
    return answer(provisioning, await getEnrollment(provisioning, kind, idIn(request)), reply);
  });
  app.delete(`${path}/:id`, async (request, reply) => {
    await authorizeByPolicy(provisioning, request, 'EnrollmentWrite');
    const [id, ifMatch, action] = [idIn(request), ifMatchIn(request), deviceActionIn(request)];
    if (action !== undefined) {
      return { devices: devicesDocument(await removeWithDevices(provisioning, kind, id, { ifMatch, action })) };
    }
    await removeEnrollment(provisioning, kind, id, ifMatch);
    return reply.code(204).send();
  });
  app.post(path, async (request) => {
    await authorizeByPolicy(provisioning, request, 'EnrollmentWrite');
    const [operation, action] = [jsonObjectIn(request), deviceActionIn(request)];
    if (action === undefined) return bulkDocument(kind, await bulkEnrollments(provisioning, kind, operation));
    const outcome = await bulkWithDevices(provisioning, kind, operation, action);
    return { ...bulkDocument(kind, outcome), devices: devicesDocument(outcome.devices) };
  });
  app.post(`${path}/query`, async (request, reply) => {
    await authorizeByPolicy(provisioning, request, 'EnrollmentRead');
    const page = pageIn(request);
    const { items, next } = await queryEnrollments(provisioning, kind, queryIn(request), page);
    setPage(reply, page, itemType, next);
    return Promise.all(items.map((record) => documentOf(provisioning, record)));
  });
  app.post(`${path}/:id/attestationmechanism`, async (request) => {
    await authorizeByPolicy(provisioning, request, 'EnrollmentWrite');
    const { attestation } = await getEnrollment(provisioning, kind, idIn(request));
    return attestationDocument(attestation, 'withKeys');
  });
}

export function idIn(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

function queryIn(request: FastifyRequest): string {
  const { query } = jsonObjectIn(request);
  if (typeof query === 'string') return query;
  throw new HubError('argument.invalid', 'the body has no query: {"query": "SELECT * FROM …"}');
}

/** `?devices=`: ours; what becomes of the devices that came by it, at once. @throws HubError argument.invalid */
function deviceActionIn(request: FastifyRequest): DeviceAction | undefined {
  const { devices } = request.query as { devices?: unknown };
  if (devices === undefined) return undefined;
  const action = DEVICE_ACTIONS.find((each) => each === devices);
  if (action !== undefined) return action;
  throw new HubError('argument.invalid', `devices is one of ${DEVICE_ACTIONS.join(', ')}`);
}

function devicesDocument({ changed, failed, refused }: DevicesOutcome): JsonObject {
  const errors = refused.map(({ registrationId, deviceId, error }) => ({
    ...{ registrationId, deviceId, errorCode: provisioningErrorCode(error), errorStatus: error.message },
  }));
  return { changed, failed, errors };
}

function bulkDocument(kind: EnrollmentKind, { refused }: BulkOutcome): JsonObject {
  const errors = refused.map(({ id, error }) => ({
    [ID_MEMBERS[kind]]: id,
    errorCode: provisioningErrorCode(error),
    errorStatus: error.message,
  }));
  return { isSuccessful: errors.length === 0, errors };
}

async function answer(provisioning: Provisioning, record: EnrollmentRecord, reply: FastifyReply): Promise<JsonObject> {
  reply.header('etag', `"${record.etag}"`);
  return documentOf(provisioning, record);
}

/** Of one device, with how it stands. */
async function documentOf({ registrations }: Provisioning, record: EnrollmentRecord): Promise<JsonObject> {
  const document = enrollmentDocument(record);
  if (record.kind === 'group') return document;
  const registration = await registrations.find(record.id);
  return registration === undefined
    ? document
    : { ...document, registrationState: registrationStateDocument(registration) };
}
