import { createHmac, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { hasSwtpm, type SwtpmPeer, startSwtpm } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStorageKey, type StorageKey } from './storage-key.ts';
import { wrapForTpm } from './wrap-for-tpm.ts';

const random = { bytes: (count: number) => randomBytes(count) };

describe.skipIf(!hasSwtpm)('wrapForTpm, for a real TPM and its official client', () => {
  let tpm: SwtpmPeer;
  let other: SwtpmPeer;
  let client: Client;
  let keys: Keys;
  let otherKeys: Keys;

  beforeAll(async () => {
    [tpm, other] = await Promise.all([startSwtpm(), startSwtpm()]);
    client = clientOf(tpm);
    [keys, otherKeys] = await Promise.all([keysOf(client), keysOf(clientOf(other))]);
  });
  afterAll(() => Promise.all([tpm.close(), other.close()]));

  it.each([1, 32, 64])('gives the TPM a key of %i bytes to sign with', async (bytes) => {
    const key = randomBytes(bytes);
    await client.activate(wrapForTpm({ ...keys, key, random }));
    expect(await client.sign(TEXT)).toEqual(createHmac('sha256', key).update(TEXT).digest());
  });

  it('wraps the same key differently each time', () => {
    const key = randomBytes(32);
    expect(wrapForTpm({ ...keys, key, random })).not.toEqual(wrapForTpm({ ...keys, key, random }));
  });

  it('gives a key that outlives the power, until another takes its place', async () => {
    const [first, second] = [randomBytes(32), randomBytes(32)];
    await client.activate(wrapForTpm({ ...keys, key: first, random }));
    await tpm.powerOff();
    await tpm.powerOn();
    const woken = clientOf(tpm);
    expect(await keysOf(woken)).toMatchObject({ endorsementKey: { name: keys.endorsementKey.name } });
    expect(await woken.sign(TEXT)).toEqual(createHmac('sha256', first).update(TEXT).digest());
    await woken.activate(wrapForTpm({ ...keys, key: second, random }));
    expect(await woken.sign(TEXT)).toEqual(createHmac('sha256', second).update(TEXT).digest());
  });

  it('is of no use to a TPM with another endorsement key', async () => {
    const wrapped = wrapForTpm({ ...keys, endorsementKey: otherKeys.endorsementKey, key: randomBytes(32), random });
    await expect(clientOf(tpm).activate(wrapped)).rejects.toThrow(/Unable to decrypt the symmetric key/);
  });

  it('is of no use to a TPM with another storage root key, whose name the credential is bound to', async () => {
    const wrapped = wrapForTpm({ ...keys, storageRootKey: otherKeys.storageRootKey, key: randomBytes(32), random });
    await expect(clientOf(tpm).activate(wrapped)).rejects.toThrow(/Unable to decrypt the symmetric key/);
  });

  it('takes no key that a TPM would not take', () => {
    for (const bytes of [0, 65])
      expect(() => wrapForTpm({ ...keys, key: Buffer.alloc(bytes), random })).toThrow(/HMAC key/);
  });
});

/** What a device signs: the resource and expiry of a token. */
const TEXT = Buffer.from('0ne00ABCDEF%2Fregistrations%2Fboiler\n1893456000');

interface Keys {
  readonly endorsementKey: StorageKey;
  readonly storageRootKey: StorageKey;
}

type Client = ReturnType<typeof clientOf>;

function clientOf(tpm: SwtpmPeer) {
  const client = tpm.securityClient('boiler');
  return {
    endorsementKey: promisify(client.getEndorsementKey.bind(client)),
    storageRootKey: promisify(client.getStorageRootKey.bind(client)),
    activate: promisify(client.activateIdentityKey.bind(client)),
    sign: promisify(client.signWithIdentity.bind(client)),
  };
}

async function keysOf(client: Client): Promise<Keys> {
  return {
    endorsementKey: readStorageKey('endorsementKey', (await client.endorsementKey()) as Buffer),
    storageRootKey: readStorageKey('storageRootKey', (await client.storageRootKey()) as Buffer),
  };
}
