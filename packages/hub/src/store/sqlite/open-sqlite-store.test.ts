import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceIdentity } from '@viaduct/contracts';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionRecord, RegistryEntry } from '../../core/ports.ts';
import { newTwin } from '../../core/twin/new-twin.ts';
import { type HubStore, openSqliteStore } from './open-sqlite-store.ts';

const encryptionKey = randomBytes(32);
let folder: string;
let file: string;
let store: HubStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-store-'));
  file = join(folder, 'hub.sqlite');
  store = await openSqliteStore({ file, encryptionKey });
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

describe('openSqliteStore', () => {
  it('keeps a device as it was given, over a restart', async () => {
    const device = entry('d1', { statusReason: 'new', parentScopes: ['s1'], modelId: 'dtmi:a:b;1' });
    expect(await store.registry.insert(device, newTwin(device))).toBe(true);
    await reopen();
    expect(await store.registry.find({ deviceId: 'd1' })).toEqual(device);
    expect(await store.twins.find({ deviceId: 'd1' })).toEqual(newTwin(device));
  });

  it('keeps no key readable in its files', async () => {
    const device = entry('d1');
    await store.registry.insert(device, newTwin(device));
    await store.close();
    const database = new Database(file);
    const row = database.prepare('SELECT * FROM identity').get() as { primary_key: Buffer };
    database.close();
    store = await openSqliteStore({ file, encryptionKey });
    const key = device.authentication.symmetricKey.primaryKey ?? '';
    expect(row.primary_key.includes(key)).toBe(false);
    expect(row.primary_key.includes(Buffer.from(key, 'base64'))).toBe(false);
  });

  it('refuses another encryption key at once', async () => {
    await store.close();
    const opening = openSqliteStore({ file, encryptionKey: randomBytes(32) });
    await expect(opening).rejects.toMatchObject({ code: 'store.unusable' });
    store = await openSqliteStore({ file, encryptionKey });
  });

  it('refuses a database of a newer version and says so', async () => {
    await store.close();
    const database = new Database(file);
    database.exec('INSERT INTO schema_version (version) VALUES (99)');
    database.close();
    await expect(openSqliteStore({ file, encryptionKey })).rejects.toThrow(/newer version/);
    const again = new Database(file);
    again.exec('DELETE FROM schema_version WHERE version = 99');
    again.close();
    store = await openSqliteStore({ file, encryptionKey });
  });

  it('refuses a second creation under one id, and an update with a stale etag', async () => {
    const device = entry('d1');
    await store.registry.insert(device, newTwin(device));
    expect(await store.registry.insert({ ...device, etag: 'x' }, newTwin(device))).toBe(false);
    expect(await store.registry.replace({ ...device, etag: 'e2' }, 'stale')).toBe(false);
    expect(await store.registry.replace({ ...device, etag: 'e2' }, 'e1')).toBe(true);
    expect((await store.registry.find(device))?.etag).toBe('e2');
  });

  it('lists devices in order of id, page by page, with what the caller asks for', async () => {
    for (const id of ['b', 'a', 'C_1', 'd%']) await store.registry.insert(entry(id), newTwin({ deviceId: id }));
    await store.registry.insert(entry('a', { moduleId: 'm' }), newTwin({ deviceId: 'a', moduleId: 'm' }));
    const off = entry('off', { status: 'disabled' });
    await store.registry.insert(off, newTwin(off));
    await store.registry.savePresence([
      { deviceId: 'b', connected: true, connectionStateUpdatedTime: 5, lastActivityTime: 6 },
    ]);

    expect(await ids({ limit: 2 })).toEqual(['C_1', 'a']);
    expect(await ids({ limit: 2, after: 'a' })).toEqual(['b', 'd%']);
    expect(await ids({ limit: 9, search: 'c_' })).toEqual(['C_1']);
    expect(await ids({ limit: 9, search: '%' })).toEqual(['d%']);
    expect(await ids({ limit: 9, connected: true })).toEqual(['b']);
    expect(await ids({ limit: 9, connected: false })).toEqual(['C_1', 'a', 'd%', 'off']);
    expect(await ids({ limit: 9, status: 'disabled' })).toEqual(['off']);
    expect((await store.registry.list({ limit: 9, modulesOf: 'a' })).map((each) => each.moduleId)).toEqual(['m']);
    expect(await store.registry.count({})).toBe(5);
    expect(await store.registry.count({ connected: true })).toBe(1);
    expect(await store.registry.count({ modulesOf: 'a' })).toBe(1);
  });

  it('knows after a restart who was connected, until it is told that nobody is', async () => {
    await store.registry.insert(entry('d1'), newTwin({ deviceId: 'd1' }));
    const connected = { deviceId: 'd1', connected: true, connectionStateUpdatedTime: 5, lastActivityTime: 6 };
    await store.registry.savePresence([connected]);
    await reopen();
    expect(await store.registry.listConnected()).toEqual([connected]);
    await store.registry.disconnectAll(9);
    expect(await store.registry.listConnected()).toEqual([]);
    expect(await store.registry.findPresence({ deviceId: 'd1' })).toEqual({
      connected: false,
      connectionStateUpdatedTime: 9,
      lastActivityTime: 6,
    });
  });

  it('keeps the latest activity, whether it came with a connection or without', async () => {
    const d1 = { deviceId: 'd1' };
    await store.registry.insert(entry('d1'), newTwin(d1));
    await store.registry.saveActivity([{ ...d1, lastActivityTime: 7 }]);
    expect(await store.registry.findPresence(d1)).toEqual({
      connected: false,
      connectionStateUpdatedTime: 0,
      lastActivityTime: 7,
    });
    await store.registry.savePresence([{ ...d1, connected: true, connectionStateUpdatedTime: 5, lastActivityTime: 6 }]);
    await store.registry.saveActivity([{ ...d1, lastActivityTime: 3 }]);
    expect(await store.registry.findPresence(d1)).toEqual({
      connected: true,
      connectionStateUpdatedTime: 5,
      lastActivityTime: 7,
    });
  });

  it('keeps the newest stays of each identity, ends the open ones, and forgets them with the device', async () => {
    const d1 = { deviceId: 'd1' };
    const m1 = { deviceId: 'd1', moduleId: 'm1' };
    await store.registry.insert(entry('d1'), newTwin(d1));
    await store.registry.insert(entry('d1', { moduleId: 'm1' }), newTwin(m1));
    const reason = { code: 'connection.lost', message: 'cut' } as const;
    await store.connections.save([stay(d1, 10), stay(m1, 11), stay({ deviceId: 'ghost' }, 12)]);
    await store.connections.save([stay(d1, 10, { disconnectedTime: 20, reason }), stay(d1, 30)]);
    expect(await store.connections.list(d1)).toEqual([stay(d1, 30), stay(d1, 10, { disconnectedTime: 20, reason })]);
    expect(await store.connections.list({ deviceId: 'ghost' })).toEqual([]);

    const stopped = { code: 'connection.serverStopped', message: 'power' } as const;
    const ended = await store.connections.endAll(25, stopped);
    expect(ended.map(({ connectedTime, disconnectedTime }) => [connectedTime, disconnectedTime]).sort()).toEqual([
      [11, 25],
      [30, 30],
    ]);
    expect((await store.connections.list(m1))[0]).toMatchObject({ disconnectedTime: 25, reason: stopped });
    expect(await store.connections.endAll(99, stopped)).toEqual([]);

    await store.connections.save(Array.from({ length: 150 }, (_, i) => stay(d1, 100 + i)));
    const kept = await store.connections.list(d1);
    expect([kept.length, kept[0]?.connectedTime, kept.at(-1)?.connectedTime]).toEqual([100, 249, 150]);
    await store.registry.remove(d1, undefined);
    expect([...(await store.connections.list(d1)), ...(await store.connections.list(m1))]).toEqual([]);
  });

  it('counts devices right while they come and go', async () => {
    expect(await store.registry.count({})).toBe(0);
    await store.registry.insert(entry('d1'), newTwin({ deviceId: 'd1' }));
    await store.registry.insert(entry('d1', { moduleId: 'm' }), newTwin({ deviceId: 'd1', moduleId: 'm' }));
    await store.registry.insert(entry('d2'), newTwin({ deviceId: 'd2' }));
    expect(await store.registry.count({})).toBe(2);
    await store.registry.remove({ deviceId: 'd1', moduleId: 'm' }, undefined);
    expect(await store.registry.remove({ deviceId: 'd2' }, 'stale')).toBe(false);
    await store.registry.remove({ deviceId: 'd2' }, 'e1');
    expect(await store.registry.count({})).toBe(1);
  });

  it('removes a device with everything that hangs on it', async () => {
    await store.registry.insert(entry('d1'), newTwin({ deviceId: 'd1' }));
    await store.registry.insert(entry('d1', { moduleId: 'm' }), newTwin({ deviceId: 'd1', moduleId: 'm' }));
    await store.subscriptions.save({ deviceId: 'd1' }, new Map([['a/#', 1]]));
    await store.registry.remove({ deviceId: 'd1' }, undefined);
    expect(await store.registry.find({ deviceId: 'd1', moduleId: 'm' })).toBeUndefined();
    expect(await store.twins.find({ deviceId: 'd1', moduleId: 'm' })).toBeUndefined();
    expect(await store.subscriptions.find({ deviceId: 'd1' })).toBeUndefined();
  });

  it('keeps policies, subscriptions in their order, and only inserts policies that are missing', async () => {
    const owner = {
      name: 'iothubowner',
      primaryKey: 'a',
      secondaryKey: 'b',
      rights: new Set(['RegistryRead' as const]),
    };
    await store.policies.insertMissing([owner]);
    await store.policies.insertMissing([{ ...owner, primaryKey: 'other' }]);
    await store.subscriptions.save(
      { deviceId: 'd1' },
      new Map([
        ['z', 1],
        ['a', 0],
      ]),
    );
    await reopen();
    expect(await store.policies.find('iothubowner')).toEqual(owner);
    expect(await store.policies.list()).toEqual([owner]);
    expect([...((await store.subscriptions.find({ deviceId: 'd1' })) ?? [])]).toEqual([
      ['z', 1],
      ['a', 0],
    ]);
    await store.subscriptions.remove({ deviceId: 'd1' });
    expect(await store.subscriptions.find({ deviceId: 'd1' })).toBeUndefined();
  });

  it('lets exactly one of 100 writers of one revision win', async () => {
    const device = entry('d1');
    await store.registry.insert(device, newTwin(device));
    const saves = Array.from({ length: 100 }, (_, i) =>
      store.twins.save({ ...newTwin(device), tags: { i }, revision: 2 }, 1),
    );
    const won = (await Promise.all(saves)).flatMap((isSaved, i) => (isSaved ? [i] : []));
    expect(won).toHaveLength(1);
    expect((await store.twins.find(device))?.tags).toEqual({ i: won[0] });
  });

  it('makes no module of a device that is not there', async () => {
    const module = entry('ghost', { moduleId: 'm' });
    expect(await store.registry.insert(module, newTwin(module))).toBe(false);
    expect(await store.registry.find(module)).toBeUndefined();
  });

  it('tells whoever comes after it was closed that the server is stopping', async () => {
    await store.close();
    await expect(store.registry.find({ deviceId: 'd1' })).rejects.toMatchObject({ code: 'server.draining' });
    const saving = store.registry.saveModel({ deviceId: 'd1' }, 'dtmi:a:b;1');
    await expect(saving).rejects.toMatchObject({ code: 'server.draining' });
    store = await openSqliteStore({ file, encryptionKey });
  });

  it('gives each write its own outcome when many share a transaction', async () => {
    const device = entry('d1');
    await store.registry.insert(device, newTwin(device));
    const broken = store.twins.save({ ...newTwin(device), version: null as unknown as number }, 1);
    const fine = store.registry.insert(entry('d2'), newTwin({ deviceId: 'd2' }));
    await expect(broken).rejects.toThrow();
    expect(await fine).toBe(true);
    expect(await store.registry.find({ deviceId: 'd2' })).toBeDefined();
  });
});

function stay(
  identity: DeviceIdentity,
  connectedTime: number,
  changes: Partial<ConnectionRecord> = {},
): ConnectionRecord {
  const where = { transport: 'mqtt', remoteAddress: '10.0.0.1' } as const;
  return { ...identity, ...where, connectedTime, disconnectedTime: null, reason: null, ...changes };
}

async function reopen(): Promise<void> {
  await store.close();
  store = await openSqliteStore({ file, encryptionKey });
}

async function ids(query: Parameters<HubStore['registry']['list']>[0]): Promise<string[]> {
  return (await store.registry.list(query)).map((each) => each.deviceId);
}

function entry(deviceId: string, changes: Partial<RegistryEntry> = {}): RegistryEntry {
  return {
    deviceId,
    generationId: 'g1',
    etag: 'e1',
    status: 'enabled',
    statusReason: null,
    statusUpdatedTime: 0,
    createdTime: 1,
    authentication: {
      type: 'sas',
      symmetricKey: { primaryKey: randomBytes(32).toString('base64'), secondaryKey: null },
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
    },
    capabilities: { iotEdge: false },
    deviceScope: null,
    parentScopes: [],
    modelId: null,
    ...changes,
  };
}
