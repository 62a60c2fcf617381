import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnrollmentRecord } from '../../core/ports.ts';
import { openProvisioningStore, type ProvisioningStore } from '../sqlite/open-provisioning-store.ts';

const KEY = randomBytes(32).toString('base64');
const encryptionKey = randomBytes(32);
const random = { bytes: (count: number) => randomBytes(count) };

let directory: string;
let store: ProvisioningStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-enrollments-'));
  store = await open();
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

const open = () => openProvisioningStore({ file: join(directory, 'provisioning.sqlite'), encryptionKey, random });

function enrollment(id: string, members: Partial<EnrollmentRecord> = {}): EnrollmentRecord {
  return {
    ...{ kind: 'individual', id, status: 'enabled', deviceId: null, capabilities: { iotEdge: false } },
    attestation: { kind: 'symmetricKey', primaryKey: KEY, secondaryKey: KEY },
    initialTwin: { tags: { floor: 1 }, desired: {} },
    reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
    ...{ allocationPolicy: 'custom', iotHubs: ['a.example.net'], credentialPolicyName: null },
    customAllocation: { webhookUrl: 'https://f.example.net/api?code=hush', apiVersion: '2021-10-01' },
    ...{ optionalDeviceInformation: null, createdTime: 1, updatedTime: 2, etag: 'e1' },
    ...members,
  };
}

describe('EnrollmentTable', () => {
  it('gives back what it was given, by id in any case, after a restart too', async () => {
    const record = enrollment('Dev-1');
    const group = enrollment('Dev-1', {
      kind: 'group',
      attestation: { kind: 'caReferences', primary: 'root', secondary: null },
      customAllocation: null,
    });
    expect(await store.enrollments.insert(record)).toBe(true);
    expect(await store.enrollments.insert(group)).toBe(true);
    await store.close();
    store = await open();
    expect(await store.enrollments.find('individual', 'DEV-1')).toEqual(record);
    expect(await store.enrollments.groups()).toEqual([group]);
    expect(await store.enrollments.count('individual')).toBe(1);
  });

  it('lets an id be taken once, whatever its case', async () => {
    await store.enrollments.insert(enrollment('dev'));
    expect(await store.enrollments.insert(enrollment('DEV'))).toBe(false);
    expect(await store.enrollments.count('individual')).toBe(1);
  });

  it('changes and removes only what has the expected etag', async () => {
    await store.enrollments.insert(enrollment('dev'));
    expect(await store.enrollments.replace(enrollment('dev', { etag: 'e2', status: 'disabled' }), 'e0')).toBe(false);
    expect(await store.enrollments.replace(enrollment('dev', { etag: 'e2', status: 'disabled' }), 'e1')).toBe(true);
    expect(await store.enrollments.find('individual', 'dev')).toMatchObject({ status: 'disabled', etag: 'e2' });
    expect(await store.enrollments.remove('individual', 'dev', 'e1')).toBe(false);
    expect(await store.enrollments.remove('individual', 'DEV', 'e2')).toBe(true);
    expect(await store.enrollments.find('individual', 'dev')).toBeUndefined();
    expect(await store.enrollments.count('individual')).toBe(0);
  });

  it('lists in order of id without regard to case, page by page', async () => {
    for (const id of ['b', 'C', 'a', 'D']) await store.enrollments.insert(enrollment(id));
    const ids = async (after?: string) =>
      (await store.enrollments.list({ kind: 'individual', limit: 3, ...(after !== undefined && { after }) })).map(
        ({ id }) => id,
      );
    expect(await ids()).toEqual(['a', 'b', 'C']);
    expect(await ids('c')).toEqual(['D']);
  });

  it('has the same groups in memory until one changes', async () => {
    await store.enrollments.insert(enrollment('g', { kind: 'group' }));
    const before = await store.enrollments.groups();
    await store.enrollments.insert(enrollment('dev'));
    expect(await store.enrollments.groups()).toBe(before);
    await store.enrollments.replace(enrollment('g', { kind: 'group', status: 'disabled', etag: 'e2' }), 'e1');
    expect(await store.enrollments.groups()).toMatchObject([{ id: 'g', status: 'disabled' }]);
  });

  it('keeps no secret in the clear', async () => {
    await store.enrollments.insert(enrollment('dev'));
    await store.close();
    const bytes = await readFile(join(directory, 'provisioning.sqlite'));
    expect(bytes.includes('floor')).toBe(true);
    expect(bytes.includes(KEY)).toBe(false);
    expect(bytes.includes('hush')).toBe(false);
    store = await open();
  });
});
