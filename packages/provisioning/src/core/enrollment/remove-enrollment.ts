import { requireMatch } from '@viaduct/hub';
import type { EnrollmentKind, KeepsEnrollments } from '../ports.ts';
import { enrollmentNotFound } from './get-enrollment.ts';

/**
 * Removes an enrolment: nobody new comes by it. Who came stays at its hub, and its registration stays known.
 *
 * @throws HubError enrollment.notFound or enrollmentGroup.notFound, etag.mismatch, store.unavailable (retry)
 */
export async function removeEnrollment(
  { enrollments }: KeepsEnrollments,
  kind: EnrollmentKind,
  id: string,
  ifMatch?: string,
): Promise<void> {
  const expected = ifMatch === '*' ? undefined : ifMatch;
  if (await enrollments.remove(kind, id, expected)) return;
  const there = await enrollments.find(kind, id);
  if (there !== undefined) requireMatch(there.etag, expected);
  throw enrollmentNotFound(kind, id);
}
