import { HubError, type SasToken } from '@viaduct/contracts';
import { signatureMatches } from '@viaduct/hub';
import type { EnrollmentRecord, Proof } from '../ports.ts';
import { deriveDeviceKey } from './derive-key.ts';

type KeyProof = Extract<Proof, { kind: 'symmetricKey' }>;

/**
 * Whether a token is signed with a key of an individual enrolment. Pure. Its resource and expiry were looked at.
 *
 * @throws HubError credential.wrongType, credential.signatureMismatch
 */
export function decideIndividualToken(enrollment: EnrollmentRecord, token: SasToken): KeyProof {
  const { attestation, id } = enrollment;
  if (attestation.kind !== 'symmetricKey') {
    throw new HubError(
      'credential.wrongType',
      `the individual enrolment "${id}" asks for ${WANTED[attestation.kind]}, and a token of a symmetric key came`,
    );
  }
  const { primaryKey, secondaryKey } = attestation;
  if (!signatureMatches(token, primaryKey) && !signatureMatches(token, secondaryKey)) {
    throw new HubError(
      'credential.signatureMismatch',
      `the token is not signed with a key of the individual enrolment "${id}"`,
    );
  }
  return { kind: 'symmetricKey', primaryKey, secondaryKey };
}

/** What a token of an individual enrolment may turn out to lack. */
const WANTED = {
  clientCertificates: 'a client certificate',
  signingCertificates: 'a client certificate',
  caReferences: 'a client certificate',
  tpm: 'a TPM',
  symmetricKey: 'a symmetric key',
} as const;

/** The keys of the device in the group whose key it was derived from; undefined when the group is another. Pure. */
export function findGroupKeys(group: EnrollmentRecord, registrationId: string, token: SasToken): KeyProof | undefined {
  const { attestation } = group;
  if (attestation.kind !== 'symmetricKey') return undefined;
  for (const hashed of new Set([registrationId, registrationId.toLowerCase()])) {
    const primaryKey = deriveDeviceKey(attestation.primaryKey, hashed);
    const secondaryKey = deriveDeviceKey(attestation.secondaryKey, hashed);
    if (signatureMatches(token, primaryKey) || signatureMatches(token, secondaryKey)) {
      return { kind: 'symmetricKey', primaryKey, secondaryKey };
    }
  }
  return undefined;
}
