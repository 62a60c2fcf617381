import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProvisioningStore, type ProvisioningStore } from '../../store/sqlite/open-provisioning-store.ts';
import {
  type CredentialPolicyInput,
  createCredentialPolicy,
  getCredentialPolicy,
  listCredentialPolicies,
  removeCredentialPolicy,
  updateCredentialPolicy,
} from './credential-policy.ts';

const NOW = Date.UTC(2030, 0, 1);
const RSA: CredentialPolicyInput = { validityDays: 7, keyTypes: ['RSA-2048'] };
const encryptionKey = randomBytes(32);
const random = { bytes: (count: number) => randomBytes(count) };
let directory: string;
let store: ProvisioningStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-issuance-'));
  store = await open();
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

const open = () => openProvisioningStore({ file: join(directory, 'p.sqlite'), encryptionKey, random });
const ports = () => ({ credentialPolicies: store.credentialPolicies, random, clock: { now: () => NOW } });

describe('credential policies', () => {
  it('begin with one that suits most, which does not come back once it was removed', async () => {
    expect(await listCredentialPolicies(ports())).toMatchObject([
      { name: 'default', validityDays: 30, keyTypes: ['EC-P256', 'EC-P384', 'RSA-2048', 'RSA-3072', 'RSA-4096'] },
    ]);
    await removeCredentialPolicy(ports(), 'DEFAULT');
    await store.close();
    store = await open();
    expect(await listCredentialPolicies(ports())).toEqual([]);
  });

  it('are kept under a name that is unique without regard to case', async () => {
    const made = await createCredentialPolicy(ports(), 'Pumps', RSA);
    expect(made).toMatchObject({ name: 'Pumps', ...RSA, createdTime: NOW });
    await expect(createCredentialPolicy(ports(), 'pumps', RSA)).rejects.toMatchObject({
      code: 'credentialPolicy.exists',
    });
    await store.close();
    store = await open();
    expect(await getCredentialPolicy(ports(), 'PUMPS')).toEqual(made);
  });

  it('are changed and removed only as the caller knows them', async () => {
    const made = await createCredentialPolicy(ports(), 'pumps', RSA);
    const changed = await updateCredentialPolicy(ports(), 'pumps', { ...RSA, validityDays: 90 }, made.etag);
    expect(await getCredentialPolicy(ports(), 'pumps')).toEqual(changed);
    await expect(updateCredentialPolicy(ports(), 'pumps', RSA, made.etag)).rejects.toMatchObject({
      code: 'etag.mismatch',
    });
    await expect(removeCredentialPolicy(ports(), 'pumps', made.etag)).rejects.toMatchObject({ code: 'etag.mismatch' });
    await removeCredentialPolicy(ports(), 'pumps', changed.etag);
    await expect(getCredentialPolicy(ports(), 'pumps')).rejects.toMatchObject({ code: 'credentialPolicy.notFound' });
  });

  it.each([
    ['a name with a space', 'my pumps', RSA],
    ['no name', '', RSA],
    ['no day', 'pumps', { ...RSA, validityDays: 0 }],
    ['half a day', 'pumps', { ...RSA, validityDays: 0.5 }],
    ['too many days', 'pumps', { ...RSA, validityDays: LIMITS.ISSUED_CERTIFICATE_DAYS_MAX + 1 }],
    ['no key type', 'pumps', { ...RSA, keyTypes: [] }],
    ['a key type twice', 'pumps', { ...RSA, keyTypes: ['RSA-2048', 'RSA-2048'] }],
    ['an unknown key type', 'pumps', { ...RSA, keyTypes: ['RSA-1024'] }],
  ])('are refused with %s', async (_what, name, input) => {
    const refused = createCredentialPolicy(ports(), name, input as CredentialPolicyInput);
    await expect(refused).rejects.toMatchObject({ code: 'credentialPolicy.invalid' });
  });

  it('are bounded in number', async () => {
    for (let n = 1; n < LIMITS.CREDENTIAL_POLICIES_MAX; n++) await createCredentialPolicy(ports(), `p${n}`, RSA);
    await expect(createCredentialPolicy(ports(), 'more', RSA)).rejects.toMatchObject({
      code: 'credentialPolicy.invalid',
    });
  });
});
