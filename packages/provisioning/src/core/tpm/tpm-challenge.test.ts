import { createHash, createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { LIMITS, parseSas, type SasToken } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import type { Attestation, EnrollmentRecord } from '../ports.ts';
import { decideTpmToken } from './decide-tpm-token.ts';
import { sized, uint16, uint32 } from './marshal.ts';
import { readStorageKey, type StorageKey } from './storage-key.ts';
import { answersTpmChallenge, challengeKeys, makeTpmChallenge } from './tpm-challenge.ts';
import type { NamedKeys, TpmClaim } from './tpm-claim.ts';

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

  it('is for one registration id, without regard to case, and one endorsement key', () => {
    const token = signedWith(challengeKeys(at(0), claim).current);
    expect(answersTpmChallenge(at(0), { ...claim, registrationId: 'BOILER' }, token)).toBe(true);
    expect(answersTpmChallenge(at(0), { ...claim, registrationId: 'boiler2' }, token)).toBe(false);
    expect(answersTpmChallenge(at(0), { ...claim, endorsementKey: claim.storageRootKey }, token)).toBe(false);
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

describe('decideTpmToken', () => {
  const [endorsementKey, storageRootKey] = [text(claim.endorsementKey), text(claim.storageRootKey)];
  const named = { endorsementKey, storageRootKey };
  const enrolled = { kind: 'tpm', endorsementKey, storageRootKey: null } as const;
  const token = signedWith(challengeKeys(at(0), claim).current);

  it('lets in the TPM that is enrolled, whatever storage root key it has', () => {
    expect(decideTpmToken(at(0), enrollment(enrolled), 'Boiler', named, token)).toEqual({ kind: 'tpm', ...named });
    const cleared = { ...named, storageRootKey: text(readStorageKey('storageRootKey', storageKeyBytes())) };
    expect(decideTpmToken(at(0), enrollment(enrolled), 'Boiler', cleared, token)).toMatchObject(cleared);
  });

  it('needs no keys from a device that only asks how far it is', () => {
    const proof = decideTpmToken(at(0), enrollment(enrolled), 'boiler', undefined, token);
    expect(proof).toEqual({ kind: 'tpm', endorsementKey, storageRootKey: null });
    const pinned = enrollment({ ...enrolled, storageRootKey });
    expect(decideTpmToken(at(0), pinned, 'boiler', undefined, token)).toMatchObject({ storageRootKey });
  });

  it('refuses another TPM, and tells the digests of both keys', () => {
    const digest = (key: string) => createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex');
    const other = { endorsementKey: storageRootKey, storageRootKey };
    const asked = () => decideTpmToken(at(0), enrollment(enrolled), 'boiler', other, token);
    expect(asked).toThrow(
      expect.objectContaining({
        code: 'tpm.keyMismatch',
        message: `the endorsement key of the device (SHA-256 ${digest(storageRootKey)}) is not that of the enrolment "boiler" (SHA-256 ${digest(endorsementKey)})`,
      }),
    );
  });

  it.each([
    [
      'another storage root key than the enrolment insists on',
      'tpm.keyMismatch',
      { ...enrolled, storageRootKey: endorsementKey },
    ],
    [
      'a TPM where a symmetric key is asked for',
      'credential.wrongType',
      { kind: 'symmetricKey', primaryKey: 'AA==', secondaryKey: 'AA==' } as const,
    ],
  ])('refuses %s', (_, code, attestation) => {
    const asked = () => decideTpmToken(at(0), enrollment(attestation), 'boiler', named, token);
    expect(asked).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a token of another key, and a request without a storage root key', () => {
    const other = signedWith(Buffer.alloc(32));
    const of = (keys: NamedKeys, shown: SasToken) => () =>
      decideTpmToken(at(0), enrollment(enrolled), 'boiler', keys, shown);
    expect(of(named, other)).toThrow(expect.objectContaining({ code: 'credential.signatureMismatch' }));
    expect(of({ endorsementKey }, token)).toThrow(expect.objectContaining({ code: 'tpm.storageRootKeyInvalid' }));
  });
});

function text(key: StorageKey): string {
  return key.bytes.toString('base64');
}

function enrollment(attestation: Attestation): EnrollmentRecord {
  return {
    ...{ kind: 'individual', id: 'boiler', attestation, status: 'enabled', deviceId: null },
    ...{ capabilities: { iotEdge: false }, initialTwin: { tags: {}, desired: {} } },
    ...{ reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true }, allocationPolicy: null },
    ...{ iotHubs: [], customAllocation: null, credentialPolicyName: null, optionalDeviceInformation: null },
    ...{ createdTime: 0, updatedTime: 0, etag: 'a' },
  };
}

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
