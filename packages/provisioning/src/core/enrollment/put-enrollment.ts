import { HubError, LIMITS } from '@viaduct/contracts';
import type { JsonObject, MakesRandomness, TellsTime } from '@viaduct/hub';
import type { EnrollmentKind, EnrollmentRecord, KeepsEnrollments } from '../ports.ts';
import { requireRegistrationId } from '../registration/registration-id.ts';
import { getEnrollment } from './get-enrollment.ts';
import { readEnrollment } from './read-enrollment.ts';
import { type KnowsReferences, requireReferences } from './require-references.ts';

export type ChangesEnrollments = KeepsEnrollments & KnowsReferences & MakesRandomness & TellsTime;

const ATTEMPTS_MAX = 10;
const MAX = { individual: LIMITS.ENROLLMENTS_MAX, group: LIMITS.ENROLLMENT_GROUPS_MAX } as const;

/**
 * Makes an enrolment from its document, or, with `ifMatch`, replaces the one there is; `*` is any. Durable when it resolves. Devices that
 * are registered already are not touched.
 *
 * @throws HubError registration.idInvalid, enrollment.invalid, enrollment.tooMany, store.unavailable (retry); without `ifMatch`
 *   enrollment.exists; with it enrollment.notFound, etag.mismatch (of groups enrollmentGroup.exists, enrollmentGroup.notFound)
 */
export async function putEnrollment(
  provisioning: ChangesEnrollments,
  kind: EnrollmentKind,
  id: string,
  document: JsonObject,
  ifMatch?: string,
): Promise<EnrollmentRecord> {
  requireRegistrationId(id, kind === 'group' ? 'enrolment group id' : 'registration id');
  return ifMatch === undefined
    ? create(provisioning, kind, id, document)
    : update(provisioning, kind, id, document, ifMatch);
}

async function create(
  provisioning: ChangesEnrollments,
  kind: EnrollmentKind,
  id: string,
  document: JsonObject,
): Promise<EnrollmentRecord> {
  const { enrollments } = provisioning;
  // Told before what is wrong with the document: it may be one that was read, without its keys.
  if ((await enrollments.find(kind, id)) !== undefined) throw exists(kind, id);
  const record = readEnrollment(provisioning, { kind, id }, document);
  await requireReferences(provisioning, record);
  if ((await enrollments.count(kind)) >= MAX[kind]) {
    throw new HubError(
      'enrollment.tooMany',
      `there are ${MAX[kind]} ${kind === 'group' ? 'groups' : 'enrolments'} already`,
    );
  }
  if (!(await enrollments.insert(record))) throw exists(kind, id);
  return record;
}

async function update(
  provisioning: ChangesEnrollments,
  kind: EnrollmentKind,
  id: string,
  document: JsonObject,
  ifMatch: string,
): Promise<EnrollmentRecord> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await getEnrollment(provisioning, kind, id, ifMatch);
    const after = readEnrollment(provisioning, { kind, id }, document, before);
    await requireReferences(provisioning, after);
    if (await provisioning.enrollments.replace(after, before.etag)) return after;
  }
  throw new HubError('store.unavailable', 'the enrolment is being changed too often at once');
}

function exists(kind: EnrollmentKind, id: string): HubError {
  return kind === 'group'
    ? new HubError('enrollmentGroup.exists', `there is an enrolment group ${JSON.stringify(id)} already`)
    : new HubError('enrollment.exists', `there is an individual enrolment ${JSON.stringify(id)} already`);
}
