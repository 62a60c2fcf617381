import { createHmac } from 'node:crypto';
import { LIMITS, type SasToken } from '@viaduct/contracts';
import { type MakesRandomness, signatureMatches, type TellsTime } from '@viaduct/hub';
import type { KeepsSecret } from '../ports.ts';
import { sized } from './marshal.ts';
import type { StorageKey } from './storage-key.ts';
import { wrapForTpm } from './wrap-for-tpm.ts';

/**
 * The challenge of a TPM: a key that we hand out wrapped, and a token that we want to see signed with it. Only the TPM that has both keys
 * can unwrap it, so who signs with it is that TPM.
 *
 * Nothing is remembered in between: the key is derived, anew for each ten minutes, from what the device tells about itself and a secret of
 * this service. A flood of strangers who ask for challenges costs two RSA encryptions each, and no memory. The key of the ten minutes
 * before counts too: a device has at least LIMITS.TPM_CHALLENGE_SECONDS to answer and to ask for its assignment, and at most twice as long.
 */
export interface TpmClaim {
  /** Compared without regard to case. */
  readonly registrationId: string;
  readonly endorsementKey: StorageKey;
  readonly storageRootKey: StorageKey;
}

/** The wrapped challenge key: what the device is told. */
export function makeTpmChallenge(p: KeepsSecret & MakesRandomness & TellsTime, claim: TpmClaim): Buffer {
  const { endorsementKey, storageRootKey } = claim;
  const key = challengeKeys(p, claim).current;
  return wrapForTpm({ endorsementKey, storageRootKey, key, random: p.random });
}

/** Whether a token is signed with a challenge key of this TPM. Its resource and expiry are the caller's to look at. */
export function answersTpmChallenge(p: KeepsSecret & TellsTime, claim: TpmClaim, token: SasToken): boolean {
  const { current, previous } = challengeKeys(p, claim);
  return [current, previous].some((key) => signatureMatches(token, key.toString('base64')));
}

/** Of these ten minutes and of those before, 32 bytes each. */
export function challengeKeys(p: KeepsSecret & TellsTime, claim: TpmClaim): { current: Buffer; previous: Buffer } {
  const period = Math.floor(p.clock.now() / (LIMITS.TPM_CHALLENGE_SECONDS * 1_000));
  return { current: challengeKey(p.secret, claim, period), previous: challengeKey(p.secret, claim, period - 1) };
}

/** Each part after its size: no two claims give the same bytes. */
function challengeKey(secret: Buffer, claim: TpmClaim, period: number): Buffer {
  return createHmac('sha256', secret)
    .update('tpm challenge\0')
    .update(sized(Buffer.from(claim.registrationId.toLowerCase())))
    .update(sized(claim.endorsementKey.bytes))
    .update(sized(claim.storageRootKey.bytes))
    .update(String(period))
    .digest();
}
