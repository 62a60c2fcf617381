import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptRecord, LinkedHubRecord, RegistrationRecord } from '../../core/ports.ts';
import { openProvisioningStore, type ProvisioningStore } from '../sqlite/open-provisioning-store.ts';

const encryptionKey = randomBytes(32);
let directory: string;
let store: ProvisioningStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-registrations-'));
  store = await open('hub.example.net');
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

function open(ownHubName: string): Promise<ProvisioningStore> {
  const random = { bytes: (count: number) => randomBytes(count) };
  return openProvisioningStore({ file: join(directory, 'p.sqlite'), encryptionKey, random, ownHubName });
}

const SECRET = 'a key that nobody may read on the disk';
const pending: RegistrationRecord['pending'] = {
  proof: { kind: 'symmetricKey', primaryKey: SECRET, secondaryKey: SECRET },
  ...{ payload: { modelId: 'dtmi:x;1' }, csr: 'MII=', issued: null, reachedBy: null, isReevaluated: true },
  ...{ transport: 'mqtt', remoteAddress: '192.0.2.7', startedTime: 5 },
};

function registration(registrationId: string, changes: Partial<RegistrationRecord> = {}): RegistrationRecord {
  return {
    ...{ registrationId, enrollmentKind: 'group', enrollmentId: 'Line-4', status: 'assigned', substatus: null },
    ...{ operationId: 'o', pending: null, hubName: 'hub.example.net', assignedHub: 'hub.example.net', deviceId: 'd' },
    ...{ touched: [], refusal: null, certificate: null, signer: null, issuedCertificateChain: null },
    ...{ tpmAuthenticationKey: null, createdTime: 1, updatedTime: 2, etag: 'e1', ...changes },
  };
}

describe('RegistrationTable', () => {
  it('keeps all of a registration, and what the device proved sealed', async () => {
    const record = registration('Dev1', {
      ...{ status: 'assigning', pending, payload: null, touched: [{ hubName: 'b', deviceId: 'd' }] },
      refusal: { code: 'server.fault', message: 'm' },
    });
    expect(await store.registrations.save(record, undefined)).toBe(true);
    expect(await store.registrations.find('dEV1')).toEqual(record);
    expect(await store.registrations.listPending()).toEqual([record]);
    await store.close();
    const files = await Promise.all(['p.sqlite'].map((name) => readFile(join(directory, name))));
    expect(Buffer.concat(files).includes(SECRET)).toBe(false);
    store = await open('hub.example.net');
    expect(await store.registrations.find('dev1')).toEqual(record);
  });

  it('lets one of two writers through, and takes ids without regard to case', async () => {
    const { registrations } = store;
    expect(await registrations.save(registration('dev1'), undefined)).toBe(true);
    expect(await registrations.save(registration('DEV1'), undefined)).toBe(false);
    const saves = ['e2', 'e3'].map((etag) => registrations.save(registration('Dev1', { etag }), 'e1'));
    expect((await Promise.all(saves)).sort()).toEqual([false, true]);
    expect(await registrations.remove('dev1', 'e1')).toBe(false);
    expect(await registrations.remove('DEV1', 'e2')).toBe(true);
    expect(await registrations.save(registration('dev1'), 'e2')).toBe(false);
  });

  it('lists those of one enrolment page by page', async () => {
    const { registrations } = store;
    const ids = ['a', 'B', 'c', 'D'];
    await Promise.all(ids.map((id) => registrations.save(registration(id), undefined)));
    await registrations.save(registration('e', { enrollmentKind: 'individual' }), undefined);
    const page = (after?: string) =>
      registrations.listOf({ kind: 'group', enrollmentId: 'LINE-4', limit: 3, ...(after && { after }) });
    expect((await page()).map(({ registrationId }) => registrationId)).toEqual(['a', 'B', 'c']);
    expect((await page('C')).map(({ registrationId }) => registrationId)).toEqual(['D']);
    expect([await registrations.countOf('group', 'line-4'), await registrations.count()]).toEqual([4, 5]);
  });

  it('knows devices of this server by what it is called now', async () => {
    const touched = [{ hubName: 'hub.example.net', deviceId: 'd' }];
    await store.registrations.save(registration('dev1', { touched }), undefined);
    await store.linkedHubs.insert(link('hub.example.net', null));
    await store.linkedHubs.insert(link('other.example.net', `HostName=other.example.net;SharedAccessKey=${SECRET}`));
    await store.close();
    store = await open('localhost');
    expect(await store.registrations.find('dev1')).toMatchObject({
      ...{ hubName: 'localhost', assignedHub: 'hub.example.net', touched: [{ hubName: 'localhost' }] },
    });
    expect(await store.linkedHubs.list()).toMatchObject([
      { hostName: 'localhost', kind: 'local', connectionString: null },
      { hostName: 'other.example.net', kind: 'remote', connectionString: expect.stringContaining(SECRET) },
    ]);
    expect((await readFile(join(directory, 'p.sqlite'))).includes(SECRET)).toBe(false);
  });
});

describe('AttemptTable', () => {
  it('keeps the newest, and finds them by device and by enrolment', async () => {
    const { attempts } = store;
    expect(await attempts.lastId()).toBe(0);
    const ids = Array.from({ length: 300 }, (_, i) => i + 1);
    await attempts.save(ids.map((id) => attempt(id, { registrationId: id % 2 === 0 ? 'Even' : null })));
    const newest = await attempts.list({ limit: 2 });
    expect(newest).toEqual([attempt(300, { registrationId: 'Even' }), attempt(299, { registrationId: null })]);
    expect((await attempts.list({ registrationId: 'eVEN', before: 300, limit: 1 })).map(({ id }) => id)).toEqual([298]);
    const enrollment = { kind: 'group', id: 'LINE-4' } as const;
    expect(await attempts.list({ enrollment, limit: 500 })).toHaveLength(300);
    expect(await attempts.list({ enrollment: { ...enrollment, kind: 'individual' }, limit: 500 })).toEqual([]);
    await attempts.save([attempt(LIMITS.ATTEMPTS_MAX + 299)]);
    expect((await attempts.list({ limit: 500 })).map(({ id }) => id)).toEqual([LIMITS.ATTEMPTS_MAX + 299, 300]);
    expect(await attempts.lastId()).toBe(LIMITS.ATTEMPTS_MAX + 299);
  });
});

function link(hostName: string, connectionString: string | null): LinkedHubRecord {
  return {
    ...{ hostName, kind: connectionString === null ? 'local' : 'remote', connectionString, caPem: null },
    ...{ allocationWeight: 1, takesNewDevices: true, createdTime: 1, updatedTime: 1, etag: 'e' },
  };
}

function attempt(id: number, changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    ...{ id, time: id, registrationId: 'dev1', enrollmentKind: 'group', enrollmentId: 'line-4', credential: 'x509' },
    ...{ transport: 'amqp', remoteAddress: '192.0.2.7', outcome: 'refused', substatus: null, assignedHub: null },
    ...{ deviceId: null, code: 'credential.expired', message: 'm', durationMs: null, ...changes },
  };
}
