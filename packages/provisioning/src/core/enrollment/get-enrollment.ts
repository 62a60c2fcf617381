import { HubError } from '@viaduct/contracts';
import { requireMatch } from '@viaduct/hub';
import type { EnrollmentKind, EnrollmentRecord, KeepsEnrollments } from '../ports.ts';

/** @throws HubError enrollment.notFound or enrollmentGroup.notFound, etag.mismatch */
export async function getEnrollment(
  provisioning: KeepsEnrollments,
  kind: EnrollmentKind,
  id: string,
  ifMatch?: string,
): Promise<EnrollmentRecord> {
  const enrollment = await provisioning.enrollments.find(kind, id);
  if (enrollment === undefined) throw enrollmentNotFound(kind, id);
  requireMatch(enrollment.etag, ifMatch);
  return enrollment;
}

export function enrollmentNotFound(kind: EnrollmentKind, id: string): HubError {
  const named = JSON.stringify(id.slice(0, 140));
  return kind === 'group'
    ? new HubError('enrollmentGroup.notFound', `there is no enrolment group ${named}`)
    : new HubError('enrollment.notFound', `there is no individual enrolment ${named}`);
}
