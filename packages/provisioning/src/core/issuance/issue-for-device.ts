import { HubError } from '@viaduct/contracts';
import type { EnrollmentRecord, IssuedChain, IssuesCertificates } from '../ports.ts';

/** Who asks for a certificate, and with what. */
export interface IssueRequest {
  /** That let the device in. */
  readonly enrollment: EnrollmentRecord;
  readonly registrationId: string;
  /** At the hub: whom the certificate is made out to. */
  readonly deviceId: string;
  /** Base64 of a PKCS #10 request. */
  readonly csr: string;
}

/**
 * The certificate that a device asked for while it registered, by the policy of its enrolment. The hub of this server lets it in with
 * that as a device of a certificate authority; to another hub its thumbprint is told.
 *
 * @throws HubError csr.invalid, credentialPolicy.notFound, certificate.tooMany, store.unavailable (retry)
 */
export function issueForDevice(p: IssuesCertificates, request: IssueRequest): Promise<IssuedChain> {
  const { enrollment, registrationId, deviceId, csr } = request;
  const policyName = requirePolicyName(enrollment);
  return p.issuer.issue({ policyName, commonName: registrationId, deviceId, csr });
}

/** @throws HubError csr.invalid: devices of this enrolment are issued no certificates */
export function requirePolicyName({ kind, id, credentialPolicyName }: EnrollmentRecord): string {
  if (credentialPolicyName !== null) return credentialPolicyName;
  const enrollment = kind === 'group' ? `the enrolment group "${id}"` : `the enrolment "${id}"`;
  throw new HubError('csr.invalid', `${enrollment} names no credential policy, by which certificates are issued`);
}
