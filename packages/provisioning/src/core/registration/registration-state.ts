import { HubError } from '@viaduct/contracts';
import { requireMatch } from '@viaduct/hub';
import { getEnrollment } from '../enrollment/get-enrollment.ts';
import type { EnrollmentKind, KeepsEnrollments, KeepsRegistrations, RegistrationRecord } from '../ports.ts';

/** How a device stands, as a back end asks. @throws HubError registration.notFound */
export async function getRegistration(
  { registrations }: KeepsRegistrations,
  registrationId: string,
): Promise<RegistrationRecord> {
  const record = await registrations.find(registrationId);
  if (record === undefined) throw notFound(registrationId);
  return record;
}

/**
 * Forgets where a device was sent: the next time it registers as if it were new. The device stays at its hub.
 *
 * @throws HubError registration.notFound, etag.mismatch, store.unavailable (retry)
 */
export async function removeRegistration(
  { registrations }: KeepsRegistrations,
  registrationId: string,
  ifMatch?: string,
): Promise<void> {
  const expected = ifMatch === '*' ? undefined : ifMatch;
  if (await registrations.remove(registrationId, expected)) return;
  const there = await registrations.find(registrationId);
  if (there !== undefined) requireMatch(there.etag, expected);
  throw notFound(registrationId);
}

/**
 * Who came by an enrolment, in order of registration id. `next`: the id to go on after; null when there is nothing more.
 *
 * @throws HubError enrollmentGroup.notFound, enrollment.notFound
 */
export async function listRegistrations(
  provisioning: KeepsRegistrations & KeepsEnrollments,
  kind: EnrollmentKind,
  enrollmentId: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly items: readonly RegistrationRecord[]; readonly next: string | null }> {
  const { id } = await getEnrollment(provisioning, kind, enrollmentId);
  const query = { kind, enrollmentId: id, limit, ...(after !== undefined && { after }) };
  const items = await provisioning.registrations.listOf(query);
  return { items, next: items.length < limit ? null : (items.at(-1)?.registrationId ?? null) };
}

function notFound(registrationId: string): HubError {
  return new HubError(
    'registration.notFound',
    `no device is registered as ${JSON.stringify(registrationId.slice(0, 140))}`,
  );
}
