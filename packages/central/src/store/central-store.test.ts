import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '@viaduct/contracts';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit, writeAudit } from '../audit/audit-trail.ts';
import { openCentralStore } from './central-store.ts';

let directory: string;
let file: string;
const clock = { now: () => 1_000 };
const line = { userName: 'ada', action: 'device.create', object: 'd1', code: null, remoteAddress: '127.0.0.1' };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-central-'));
  file = join(directory, 'central.sqlite');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('openCentralStore', () => {
  it('keeps what was written, and upgrades only once', async () => {
    const first = await openCentralStore({ file, clock });
    await writeAudit(first, line);
    await first.close();
    const second = await openCentralStore({ file, clock });
    expect((await readAudit(second, { limit: 10 })).items).toMatchObject([line]);
    await second.close();
  });

  it('serves a server and a command line at once', async () => {
    const stores = await Promise.all([openCentralStore({ file, clock }), openCentralStore({ file, clock })]);
    for (const store of stores) await writeAudit(store, line);
    expect((await readAudit(stores[0], { limit: 10 })).total).toBe(2);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('leaves the file of a newer version alone', async () => {
    const newer = new Database(file);
    newer.pragma('user_version = 99');
    newer.close();
    await expect(openCentralStore({ file, clock })).rejects.toMatchObject({ code: 'store.unusable' });
  });
});

describe('the audit', () => {
  it('keeps the newest lines, and no more than its bound', async () => {
    const store = await openCentralStore({ file, clock });
    await writeAudit(store, line);
    const far = LIMITS.AUDIT_ENTRIES_MAX + 1;
    await store.tables.updateTable('audit').set({ id: far }).execute();
    await store.tables
      .insertInto('audit')
      .values({ id: 2, time: 1, user_name: null, action: 'old', object: null, code: null, remote_address: '' })
      .execute();
    await writeAudit(store, { ...line, object: 'd2' });
    const { items } = await readAudit(store, { limit: 10 });
    expect(items.map(({ object }) => object)).toEqual(['d2', 'd1']);
    await store.close();
  });
});
