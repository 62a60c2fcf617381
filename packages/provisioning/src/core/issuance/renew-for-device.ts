import { HubError } from '@viaduct/contracts';
import type {
  EnrollmentRecord,
  IssuesCertificates,
  KeepsEnrollments,
  KeepsLinkedHubs,
  KeepsRegistrations,
  RegistrationRecord,
} from '../ports.ts';
import { issueForDevice } from './issue-for-device.ts';

type Renews = IssuesCertificates & KeepsRegistrations & KeepsEnrollments & KeepsLinkedHubs;

/**
 * A new certificate for a device that asks its hub for one, which is the hub of this server: by the policy that its enrolment names
 * now. Resolves with base64 of DER, leaf first.
 *
 * Who may: a device to which a certificate was issued when it registered last, as long as its enrolment is there and enabled.
 *
 * @throws HubError renewal.notAllowed, enrollment.disabled, and as `issueForDevice`
 */
export async function renewForDevice(p: Renews, deviceId: string, csr: string): Promise<readonly string[]> {
  const registration = await findRegistration(p, deviceId);
  const { registrationId } = registration;
  const enrollment = await getEnabledEnrollment(p, registration);
  return (await issueForDevice(p, { enrollment, registrationId, deviceId, csr })).chain;
}

async function findRegistration(p: Renews, deviceId: string): Promise<RegistrationRecord> {
  for (const registrationId of await p.issuer.registrationsOf(deviceId)) {
    const registration = await p.registrations.find(registrationId);
    if (registration?.deviceId !== deviceId || registration.issuedCertificateChain === null) continue;
    const hub = registration.hubName === null ? undefined : await p.linkedHubs.find(registration.hubName);
    if (hub?.kind === 'local') return registration;
  }
  throw notAllowed(`no certificate was issued to "${deviceId}" when it registered last, so there is none to renew`);
}

/** An individual enrolment that was made since goes before the group, as it does when a device registers. */
async function getEnabledEnrollment(
  p: KeepsEnrollments,
  { registrationId, enrollmentKind, enrollmentId }: RegistrationRecord,
): Promise<EnrollmentRecord> {
  const individual = await p.enrollments.find('individual', registrationId);
  const enrollment = individual ?? (await p.enrollments.find(enrollmentKind, enrollmentId));
  const what = enrollmentKind === 'group' && individual === undefined ? 'enrolment group' : 'enrolment';
  if (enrollment === undefined) throw notAllowed(`the ${what} "${enrollmentId}", by which it came, is gone`);
  if (enrollment.status === 'enabled') return enrollment;
  throw new HubError('enrollment.disabled', `the ${what} "${enrollment.id}" is disabled`);
}

function notAllowed(message: string): HubError {
  return new HubError('renewal.notAllowed', message);
}
