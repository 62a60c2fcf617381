import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../sqlite/migrations/migrations.ts';
import { asStoreRefusal, type OpenDatabase, openDatabase } from '../sqlite/open-database.ts';
import { GroupWriter } from './group-writer.ts';
import type { HubSchema } from './schema.ts';

let folder: string;
let database: OpenDatabase<HubSchema>;
let writer: GroupWriter;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-writer-'));
  database = openDatabase<HubSchema>(join(folder, 'hub.sqlite'), MIGRATIONS);
  writer = new GroupWriter(database.writer, asStoreRefusal);
});

afterEach(async () => {
  await writer.close();
  database.close();
  await rm(folder, { recursive: true, force: true });
});

describe('GroupWriter', () => {
  it('does writes in the order in which they came', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `d${i}`);
    await Promise.all(names.map((name) => writer.write(insert(name))));
    expect(await stored()).toEqual(names);
  });

  it('undoes all that a failing write did, and nothing of its neighbours', async () => {
    const failing = writer.write(async (db) => {
      await insert('half done')(db);
      throw new RangeError('changed its mind');
    });
    const outcomes = await Promise.allSettled([writer.write(insert('a')), failing, writer.write(insert('b'))]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { message: 'changed its mind' } });
    expect(await stored()).toEqual(['a', 'b']);
  });

  it('refuses while the disk is full, keeps what was acknowledged, and goes on once there is room', async () => {
    await writer.write(insert('before'));
    await sql`pragma max_page_count = 1`.execute(database.writer);
    const big = 'x'.repeat(100_000);
    const outcomes = await Promise.allSettled([writer.write(insert(big)), writer.write(insert(`${big}2`))]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'store.unavailable' } });
    expect(await stored()).toEqual(['before']);
    await sql`pragma max_page_count = 1000000`.execute(database.writer);
    await writer.write(insert('after'));
    expect(await stored()).toEqual(['before', 'after']);
  });

  it('lets readers read while a write is under way, and see nothing of it', async () => {
    const seen: string[][] = [];
    await writer.write(async (db) => {
      await insert('a')(db);
      seen.push(await stored());
    });
    seen.push(await stored());
    expect(seen).toEqual([[], ['a']]);
  });
});

function insert(deviceId: string): (db: Kysely<HubSchema>) => Promise<void> {
  return async (db) => {
    const row = { device_id: deviceId, module_id: '', filters: '[]' };
    await db.insertInto('subscription').values(row).execute();
  };
}

async function stored(): Promise<string[]> {
  const rows = await database.reader.selectFrom('subscription').select('device_id').orderBy(sql`rowid`).execute();
  return rows.map((row) => row.device_id);
}
