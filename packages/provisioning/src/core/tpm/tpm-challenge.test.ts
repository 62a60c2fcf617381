import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { LIMITS, parseSas, type SasToken } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { sized, uint16, uint32 } from './marshal.ts';
import { readStorageKey } from './storage-key.ts';
import { answersTpmChallenge, challengeKeys, makeTpmChallenge, type TpmClaim } from './tpm-challenge.ts';

const PERIOD_MS = LIMITS.TPM_CHALLENGE_SECONDS * 1_000;
const secret = Buffer.alloc(32, 7);
const random = { bytes: (count: number) => randomBytes(count) };
const at = (now: number) => ({ secret, random, clock: { now: () => now } });

const claim: TpmClaim = {
  registrationId: 'boiler',
  endorsementKey: readStorageKey('endorsementKey', storageKeyBytes()),
  storageRootKey: readStorageKey('storageRootKey', storageKeyBytes()),
};

describe('the challenge of a TPM', () => {
  it('counts for at least ten minutes and at most twenty, and is not kept in between', () => {
    const issued = 5 * PERIOD_MS + 1;
    const token = signedWith(challengeKeys(at(issued), claim).current);
    expect(answersTpmChallenge(at(issued), claim, token)).toBe(true);
    expect(answersTpmChallenge(at(issued + PERIOD_MS), claim, token)).toBe(true);
    expect(answersTpmChallenge(at(issued + 2 * PERIOD_MS), claim, token)).toBe(false);
    expect(answersTpmChallenge(at(issued - PERIOD_MS), claim, token)).toBe(false);
  });

  it('is for one registration id, without regard to case, and one pair of keys', () => {
    const token = signedWith(challengeKeys(at(0), claim).current);
    expect(answersTpmChallenge(at(0), { ...claim, registrationId: 'BOILER' }, token)).toBe(true);
    const { endorsementKey, storageRootKey } = claim;
    for (const other of [
      { ...claim, registrationId: 'boiler2' },
      { ...claim, endorsementKey: storageRootKey },
      { ...claim, storageRootKey: endorsementKey },
      { ...claim, endorsementKey: storageRootKey, storageRootKey: endorsementKey },
    ])
      expect(answersTpmChallenge(at(0), other, token)).toBe(false);
  });

  it('needs the secret of the service', () => {
    const stranger = { secret: Buffer.alloc(32, 8), random, clock: { now: () => 0 } };
    expect(answersTpmChallenge(at(0), claim, signedWith(challengeKeys(stranger, claim).current))).toBe(false);
  });

  it('is handed out wrapped: the key itself is nowhere in it', () => {
    const blob = makeTpmChallenge(at(0), claim);
    expect(blob.includes(challengeKeys(at(0), claim).current)).toBe(false);
    expect(blob.includes(challengeKeys(at(0), claim).previous)).toBe(false);
  });
});

function signedWith(key: Buffer): SasToken {
  const signature = createHmac('sha256', key)
    .update('0ne00ABCDEF%2Fregistrations%2Fboiler\n9999999999')
    .digest('base64');
  return parseSas(
    `SharedAccessSignature sr=0ne00ABCDEF%2Fregistrations%2Fboiler&sig=${encodeURIComponent(signature)}&se=9999999999&skn=registration`,
  );
}

function storageKeyBytes(): Buffer {
  const { n } = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ format: 'jwk' });
  return sized(
    ...[uint16(0x0001), uint16(0x000b), uint32(0x000300b2), sized()],
    ...[0x0006, 128, 0x0043, 0x0010, 2_048].map(uint16),
    ...[uint32(0), sized(Buffer.from(String(n), 'base64url'))],
  );
}
