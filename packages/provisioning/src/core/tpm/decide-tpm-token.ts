import { HubError, type SasToken } from '@viaduct/contracts';
import type { TellsTime } from '@viaduct/hub';
import type { EnrollmentRecord, KeepsSecret, Proof } from '../ports.ts';
import { answersTpmChallenge } from './tpm-challenge.ts';
import { claimTpm, enrolledKeys, type NamedKeys } from './tpm-claim.ts';

/**
 * Whether a token answers the challenge of the TPM that is enrolled. Its resource and expiry were looked at. `named`: the keys that the
 * device named with the request; none when it asks how far its assignment is.
 *
 * @throws HubError as `claimTpm`; credential.signatureMismatch
 */
export function decideTpmToken(
  p: KeepsSecret & TellsTime,
  enrollment: EnrollmentRecord,
  registrationId: string,
  named: NamedKeys | undefined,
  token: SasToken,
): Extract<Proof, { kind: 'tpm' }> {
  const tpm = named ? claimTpm(enrollment, registrationId, named) : { registrationId, ...enrolledKeys(enrollment) };
  if (!answersTpmChallenge(p, tpm, token)) {
    throw new HubError(
      'credential.signatureMismatch',
      `the token is not signed with the key that the TPM of the enrolment "${enrollment.id}" was challenged with; a challenge holds for ten minutes`,
    );
  }
  return {
    kind: 'tpm',
    endorsementKey: tpm.endorsementKey.bytes.toString('base64'),
    storageRootKey: tpm.storageRootKey?.bytes.toString('base64') ?? null,
  };
}
