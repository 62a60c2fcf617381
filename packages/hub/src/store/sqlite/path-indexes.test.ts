import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '@viaduct/contracts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/ports.ts';
import { parseQuery } from '../../core/query/parse-query.ts';
import { newTwin } from '../../core/twin/new-twin.ts';
import { GroupWriter } from '../sql/group-writer.ts';
import type { HubSchema } from '../sql/schema.ts';
import { twinColumns } from '../sql/twin-table.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { asStoreRefusal, type OpenDatabase, openDatabase } from './open-database.ts';
import { PathIndexes } from './path-indexes.ts';
import { QueryWorkers } from './query-workers.ts';
import { SqliteQueries } from './sqlite-queries.ts';

let directory: string;
let database: OpenDatabase<HubSchema>;
let writer: GroupWriter;
let indexes: PathIndexes;

const open = async () => {
  database = openDatabase<HubSchema>(join(directory, 'hub.sqlite'), MIGRATIONS);
  writer = new GroupWriter(database.writer, asStoreRefusal);
  indexes = await PathIndexes.open(database.reader, writer, fail);
};
const close = async () => {
  await indexes.close();
  await writer.close();
  database.close();
};
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-index-'));
  await open();
});
afterEach(async () => {
  await close();
  await rm(directory, { recursive: true, force: true });
});

const SITE = { section: 'tags', steps: ['site'] } as const;

describe('an index of a path', () => {
  it('holds what every twin has there, of twins before, during and after it was filled', async () => {
    const value = fc.oneof(
      fc.constantFrom('a', 'b', '1', 'x'.repeat(256), 'y'.repeat(257), '', 'é😀', 'true', 'null'),
      fc.constantFrom(0, 1, -1.5, 1e-7, 4503599627370495, true, false, null),
      fc.constantFrom({}, [], { b: 'a' }, ['a']),
    );
    const section = fc.dictionary(fc.constantFrom('site', 'a', 'q"u'), value, { maxKeys: 3 });
    const operation = fc.record({
      device: fc.nat(700),
      module: fc.constantFrom('', 'm'),
      what: fc.constantFrom('save', 'save', 'save', 'remove'),
      tags: section,
      reported: section,
    });
    await save(...Array.from({ length: 1_200 }, (_, i) => ({ device: i, module: '', tags: { site: `s${i % 7}` } })));
    const paths = [
      SITE,
      { section: 'tags', steps: ['q"u'] },
      { section: 'reported', steps: ['a', 'b'] },
      { section: 'reported', steps: ['a', 0] },
    ] as const;
    for (const [i, { what, ...twin }] of fc.sample(operation, { numRuns: 600, seed: 11 }).entries()) {
      const [begun] = i % 150 === 0 ? paths.slice(i / 150) : [];
      if (begun !== undefined) await indexes.register(begun);
      await (what === 'save' ? save(twin) : remove(twin));
    }
    await untilIdle();
    expect(indexes.list().map(({ state }) => state)).toEqual(['complete', 'complete', 'complete', 'complete']);
    for (const { id, section: column, json_path } of indexes.list()) {
      const stored = await sql`select device_id, module_id, hex(value) as value, typeof(value) as type from twin_value
        where path_id = ${id} order by 1, 2`.execute(database.reader);
      const expected = await sql`
        select device_id, module_id, hex(value) as value, typeof(value) as type from (
          select device_id, module_id, case json_type(d, ${json_path}) when 'true' then x'01' when 'false' then x'00'
            when 'object' then null when 'array' then null else d ->> ${json_path} end as value
          from (select device_id, module_id, ${sql.ref(column)} as d from twin)
        ) where value is not null and not (typeof(value) = 'text' and length(value) > 256) order by 1, 2`.execute(
        database.reader,
      );
      expect(stored.rows).toEqual(expected.rows);
      expect(stored.rows.length).toBeGreaterThan(0);
    }
  });

  it('goes on where it was after a restart', async () => {
    await save(...Array.from({ length: 1_100 }, (_, i) => ({ device: i, module: '', tags: { site: 'x' } })));
    await indexes.register(SITE);
    await close();
    await open();
    await untilIdle();
    const { rows } = await sql`select count(*) as n from twin_value`.execute(database.reader);
    expect(rows).toEqual([{ n: 1_100 }]);
    expect(indexes.find(SITE)).toBeDefined();
  });

  it('gives its place to another when nobody asks for it any more', async () => {
    await save({ device: 1, module: '', tags: { p0: 1, p16: 2 } });
    for (let i = 0; i < LIMITS.QUERY_INDEXES_MAX; i++) await indexes.register(path(i));
    await untilIdle();
    await indexes.register(path(LIMITS.QUERY_INDEXES_MAX));
    expect(indexes.list()).toHaveLength(LIMITS.QUERY_INDEXES_MAX);
    expect(indexes.list().every(({ state }) => state === 'complete')).toBe(true);
    for (let i = 0; i <= LIMITS.QUERY_INDEX_KEPT_QUERIES; i++) indexes.find(path(1 + (i % 15)));
    await indexes.register(path(LIMITS.QUERY_INDEXES_MAX));
    expect(indexes.find(path(0))).toBeUndefined();
    await untilIdle();
    await indexes.register(path(LIMITS.QUERY_INDEXES_MAX));
    await untilIdle();
    expect(indexes.find(path(LIMITS.QUERY_INDEXES_MAX))).toBeDefined();
    const { rows } = await sql`select value from twin_value`.execute(database.reader);
    expect(rows).toEqual([{ value: 2 }]);
  });

  it('is made for a slow query, and finds the same as reading everything, in the same order', async () => {
    const sites = ['north', 'south', 'west', 5, true, null];
    await save(
      ...Array.from({ length: 1_300 }, (_, i) => ({ device: i, module: '', tags: { site: sites[i % 6], n: i } })),
    );
    const workers = new QueryWorkers({ file: join(directory, 'hub.sqlite') });
    const parts = { db: database.reader, workers, onFault: fail };
    const nowhere = await PathIndexes.open(database.reader, writer, fail);
    const plain = new SqliteQueries({ ...parts, indexes: nowhere, slowMs: Number.POSITIVE_INFINITY });
    const indexed = new SqliteQueries({ ...parts, indexes, slowMs: 0 });
    const texts = [
      "SELECT deviceId FROM devices WHERE tags.site = 'north'",
      "SELECT deviceId FROM devices WHERE tags.site IN ['south', 'north', 5] AND tags.n % 2 = 1",
      "SELECT deviceId FROM devices WHERE 'west' = tags.site AND (tags.n < 100 OR tags.n > 1200)",
      'SELECT deviceId FROM devices WHERE tags.site = true',
      'SELECT deviceId FROM devices WHERE tags.site = 1',
      "SELECT TOP 50 deviceId, tags.n FROM devices WHERE tags.site = 'south' ORDER BY tags.n DESC",
      "SELECT tags.site, COUNT() AS n FROM devices WHERE tags.site IN ['north', 5] GROUP BY tags.site",
      "SELECT COUNT() AS n FROM devices WHERE tags.site = 'north'",
    ];
    const pages = async (queries: SqliteQueries, text: string) => {
      const items: JsonObject[] = [];
      let continuation: string | null | undefined;
      while (continuation !== null) {
        const page = { limit: 97, ...(continuation === undefined ? {} : { continuation }) };
        const answer = await queries.query(parseQuery(text), page);
        items.push(...answer.items);
        continuation = answer.continuation;
      }
      return items;
    };
    await indexed.query(parseQuery(texts[0] ?? ''), { limit: 1 });
    await untilIdle();
    expect(indexes.list()).toMatchObject([{ section: 'tags', json_path: '$."site"', state: 'complete' }]);
    for (const text of texts) expect([text, await pages(indexed, text)]).toEqual([text, await pages(plain, text)]);
    // Gone behind the back of whoever compiled: the answer is the same, read from the twins.
    await sql`update query_path set state = 'dropping'`.execute(database.writer);
    expect(await pages(indexed, texts[0] ?? '')).toEqual(await pages(plain, texts[0] ?? ''));
    await workers.close();
    await nowhere.close();
  });
});

const path = (i: number) => ({ section: 'tags', steps: [`p${i}`] }) as const;

interface SomeTwin {
  readonly device: number;
  readonly module: string;
  readonly tags: JsonObject;
  readonly reported?: JsonObject;
}

async function save(...twins: readonly SomeTwin[]): Promise<void> {
  const rows = twins.map(({ device, module, tags, reported = {} }) => {
    const twin = newTwin({ deviceId: `d${device}` });
    const changed = { ...twin, tags, reported: { ...twin.reported, values: reported } };
    return { ...twinColumns(changed), module_id: module };
  });
  await writer.write(async (db) => {
    for (const row of rows) {
      await db
        .insertInto('twin')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['device_id', 'module_id']).doUpdateSet({ tags: row.tags, reported: row.reported }),
        )
        .execute();
    }
  });
}

async function remove({ device, module }: SomeTwin): Promise<void> {
  const same = { device_id: `d${device}`, module_id: module };
  await writer.write((db) =>
    db.deleteFrom('twin').where('device_id', '=', same.device_id).where('module_id', '=', same.module_id).execute(),
  );
}

function untilIdle(): Promise<void> {
  return expect.poll(() => indexes.list().every(({ state }) => state === 'complete'), { timeout: 20_000 }).toBe(true);
}

function fail(fault: unknown): void {
  throw fault;
}
