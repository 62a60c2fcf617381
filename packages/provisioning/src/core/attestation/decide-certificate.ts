import { X509Certificate } from 'node:crypto';
import { HubError } from '@viaduct/contracts';
import { type Authority, type ClientCertificate, findCertificatePath, requireValidNow } from '@viaduct/hub';
import type { Attestation, EnrollmentRecord, Proof } from '../ports.ts';
import { certificateFacts } from './certificate-facts.ts';

type CertificateProof = Extract<Proof, { kind: 'x509' }>;

/**
 * Whether a certificate is the one of an individual enrolment, the old or the new, and holds now. Pure.
 *
 * @throws HubError credential.wrongType, credential.certificateMismatch, credential.certificateExpired, credential.certificateNotYetValid
 */
export function decideIndividualCertificate(
  { attestation, id }: EnrollmentRecord,
  { leaf }: ClientCertificate,
  now: number,
): CertificateProof {
  if (attestation.kind !== 'clientCertificates') {
    const wanted = attestation.kind === 'tpm' ? 'a TPM' : 'a symmetric key';
    throw new HubError(
      'credential.wrongType',
      `the individual enrolment "${id}" asks for ${wanted}, and a client certificate came`,
    );
  }
  if (!parsed(attestation).some(({ fingerprint256 }) => fingerprint256 === leaf.fingerprint256)) {
    throw new HubError(
      'credential.certificateMismatch',
      `the certificate with SHA-1 ${certificateFacts(leaf).sha1Thumbprint} is not one of the individual enrolment "${id}"`,
    );
  }
  requireValidNow(leaf, "the device's certificate", now);
  return { kind: 'x509', certificate: certificateFacts(leaf), signer: null };
}

export interface GroupCertificateDecision {
  readonly group: EnrollmentRecord;
  readonly proof: CertificateProof;
  readonly expiresAt: number;
  /** What lies between the device's certificate and the group's. */
  readonly intermediates: readonly X509Certificate[];
}

/**
 * The group that a device's certificate belongs to: of the authorities of all groups, the one closest to the device decides, and a disabled
 * one that is as close as an enabled one before that. So an intermediate authority can be shut out while its root stays. Pure.
 *
 * @throws HubError credential.certificateUntrusted, credential.certificateExpired, credential.certificateNotYetValid,
 *   credential.certificateName
 */
export function decideGroupCertificate(question: {
  readonly registrationId: string;
  readonly certificate: ClientCertificate;
  readonly groups: readonly EnrollmentRecord[];
  /** The registered authorities of the hub, verified or not. */
  readonly authorities: readonly Authority[];
  readonly now: number;
}): GroupCertificateDecision {
  const { registrationId, certificate, groups, authorities, now } = question;
  const candidates = groups
    .flatMap((group) => groupAuthorities(group, authorities))
    .sort((a, b) => rank(a.group) - rank(b.group));
  const path = findCertificatePath({ ...certificate, authorities: candidates, now });
  const commonName: unknown = certificate.leaf.toLegacyObject().subject?.CN;
  // Trust first, then the name; two common names come as a list, and fit nothing.
  if (typeof commonName !== 'string' || commonName.toLowerCase() !== registrationId.toLowerCase()) {
    throw new HubError(
      'credential.certificateName',
      `the common name of the certificate is "${String(commonName ?? '').slice(0, 260)}", not "${registrationId}"`,
    );
  }
  const { group, certificate: signer } = path.authority as GroupAuthority;
  return {
    group,
    proof: { kind: 'x509', certificate: certificateFacts(certificate.leaf), signer: certificateFacts(signer) },
    expiresAt: path.validTo,
    intermediates: path.intermediates,
  };
}

interface GroupAuthority extends Authority {
  readonly group: EnrollmentRecord;
}

function rank({ status }: EnrollmentRecord): number {
  return status === 'disabled' ? 0 : 1;
}

function groupAuthorities(group: EnrollmentRecord, authorities: readonly Authority[]): GroupAuthority[] {
  const { attestation } = group;
  if (attestation.kind === 'signingCertificates') {
    // Whoever put it into the enrolment vouched for it.
    return parsed(attestation).map((certificate) => ({ name: group.id, isVerified: true, certificate, group }));
  }
  if (attestation.kind !== 'caReferences') return [];
  const names = [attestation.primary, attestation.secondary].map((name) => name?.toLowerCase());
  return authorities
    .filter(({ name }) => names.includes(name.toLowerCase()))
    .map((authority) => ({ ...authority, group }));
}

/** Stores answer with the same attestation until it changes, so a certificate is parsed once. */
function parsed(
  attestation: Extract<Attestation, { kind: 'clientCertificates' | 'signingCertificates' }>,
): readonly X509Certificate[] {
  const known = PARSED.get(attestation);
  if (known !== undefined) return known;
  const { primary, secondary } = attestation;
  const certificates = [primary, ...(secondary === null ? [] : [secondary])].map((pem) => new X509Certificate(pem));
  PARSED.set(attestation, certificates);
  return certificates;
}

const PARSED = new WeakMap<Attestation, readonly X509Certificate[]>();
