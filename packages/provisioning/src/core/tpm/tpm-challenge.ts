import { createHmac } from 'node:crypto';
import { LIMITS, type SasToken } from '@viaduct/contracts';
import { type MakesRandomness, signatureMatches, type TellsTime } from '@viaduct/hub';
import type { KeepsSecret } from '../ports.ts';
import { sized } from './marshal.ts';
import type { TpmClaim } from './tpm-claim.ts';
import { wrapForTpm } from './wrap-for-tpm.ts';

/**
 * The challenge of a TPM: a key that we hand out wrapped, and a token that we want to see signed with it. Only the TPM that has the
 * endorsement key can unwrap it, so who signs with it is that TPM.
 *
 * Nothing is remembered in between: the key is derived, anew for each ten minutes, from the registration id, the endorsement key and a
 * secret of this service. A flood of strangers who ask for challenges costs two RSA encryptions each, and no memory. The key of the ten
 * minutes before counts too: a device has at least LIMITS.TPM_CHALLENGE_SECONDS to answer and to ask for its assignment, and at most twice
 * as long.
 *
 * The storage root key is not part of it: a device that asks how far its assignment is does not name it. It need not be, for whatever is
 * wrapped is bound to it by name: without that key in the same TPM it stays shut.
 */
export type ChallengedTpm = Omit<TpmClaim, 'storageRootKey'>;

/** The wrapped challenge key: what the device is told. */
export function makeTpmChallenge(p: KeepsSecret & MakesRandomness & TellsTime, claim: TpmClaim): Buffer {
  const { endorsementKey, storageRootKey } = claim;
  const key = challengeKeys(p, claim).current;
  return wrapForTpm({ endorsementKey, storageRootKey, key, random: p.random });
}

/** Whether a token is signed with a challenge key of this TPM. Its resource and expiry are the caller's to look at. */
export function answersTpmChallenge(p: KeepsSecret & TellsTime, tpm: ChallengedTpm, token: SasToken): boolean {
  const { current, previous } = challengeKeys(p, tpm);
  return [current, previous].some((key) => signatureMatches(token, key.toString('base64')));
}

/** Of these ten minutes and of those before, 32 bytes each. */
export function challengeKeys(p: KeepsSecret & TellsTime, tpm: ChallengedTpm): { current: Buffer; previous: Buffer } {
  const period = Math.floor(p.clock.now() / (LIMITS.TPM_CHALLENGE_SECONDS * 1_000));
  return { current: challengeKey(p.secret, tpm, period), previous: challengeKey(p.secret, tpm, period - 1) };
}

/** Each part after its size: no two TPMs give the same bytes. */
function challengeKey(secret: Buffer, { registrationId, endorsementKey }: ChallengedTpm, period: number): Buffer {
  return createHmac('sha256', secret)
    .update('tpm challenge\0')
    .update(sized(Buffer.from(registrationId.toLowerCase())))
    .update(sized(endorsementKey.bytes))
    .update(String(period))
    .digest();
}
