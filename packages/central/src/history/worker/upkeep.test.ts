import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthMethod, encodeRecord, Source } from '@viaduct/hub/record';
import type { LogRecord } from '@viaduct/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packRecords } from '../pack-records.ts';
import { type OpenStore, openStore } from './open-store.ts';
import { Turns } from './turns.ts';
import { Upkeep } from './upkeep.ts';

const DAY_MS = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const SETTINGS = { days: 30, bytesMax: 1e9, memoryBytes: 256 * 1_048_576, threads: 1 };

let directory: string;
let store: OpenStore;
let offset: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-parts-'));
  await open();
  offset = 0;
});
afterEach(async () => {
  store.database.close();
  await rm(directory, { recursive: true, force: true });
});

const file = () => join(directory, 'history.duckdb');

async function open(): Promise<void> {
  store = await openStore({ file: file(), settings: SETTINGS });
}

function upkeep(settings: Partial<typeof SETTINGS> = {}, now = () => Date.now()): Upkeep {
  const { parts, database } = store;
  return new Upkeep({
    file: file(),
    settings: { ...SETTINGS, ...settings },
    parts,
    ...database,
    turns: new Turns(),
    now,
  });
}

/** Ten devices say so many numbers each, and the part is closed. */
async function writePart(time: number, messages = 100): Promise<void> {
  const records: LogRecord[] = Array.from({ length: 10 * messages }, (_, i) => {
    const speaker = { deviceId: `d${i % 10}`, generationId: 'g', authMethod: AuthMethod.deviceKey, modelId: null };
    const data = encodeRecord(speaker, Source.telemetry, 0, '', Buffer.from(`{"n":${i},"s":"text ${i}"}`));
    return { offset: offset + i, enqueuedTime: time + i, data };
  });
  store.taker.take({ partition: 0, firstOffset: offset, packed: packRecords(records) });
  offset += records.length;
  await store.committer.commit(store.taker.takeBatch(), store.taker.nextSeriesId, false);
  await store.parts.rotate();
}

async function read(sql: string) {
  return (await store.database.writer.runAndReadAll(sql)).getRowsJson();
}

const EVERYTHING = `SELECT series_id, epoch_ms(time), epoch_ms(enqueued_time), seq, type, number, text FROM points ORDER BY ALL`;
const LATEST = 'SELECT series_id, epoch_ms(time), number, text FROM latest ORDER BY ALL';
const kinds = () => store.parts.all.map(({ kind }) => kind);

describe('upkeep', () => {
  it('sorts closed parts without changing what is read, and merges those of one day', async () => {
    for (let i = 0; i < 4; i++) await writePart(TODAY + i * 10_000);
    const [points, latest] = [await read(EVERYTHING), await read(LATEST)];
    expect(points).toHaveLength(8_000);
    expect(kinds()).toEqual(['recent', 'recent', 'recent', 'recent', 'recent']);
    await upkeep().run({ mayWrite: true });
    expect(kinds()).toEqual(['sorted', 'recent']);
    expect(await read(EVERYTHING)).toEqual(points);
    expect(await read(LATEST)).toEqual(latest);
    const [[first], [second]] = (await read(
      `SELECT series_id FROM points_sorted_${store.parts.all[0]?.number} LIMIT 2`,
    )) as [[number], [number]];
    expect(first).toBe(second);
  });

  it('removes what is too old, and keeps the newest value of each series', async () => {
    await writePart(TODAY - 40 * DAY_MS);
    await writePart(TODAY - DAY_MS, 1);
    const care = upkeep();
    await care.run({ mayWrite: true });
    await care.run({ mayWrite: true });
    expect(await read('SELECT count(*) FROM points')).toEqual([['20']]);
    expect(await read('SELECT count(*) FROM latest')).toEqual([['20']]);
    expect((await care.figures()).pointsRemoved).toBe(2_000);
    await upkeep({}, () => Date.now() + 31 * DAY_MS).run({ mayWrite: true });
    expect(await read('SELECT count(*) FROM points')).toEqual([['0']]);
    expect(await read('SELECT count(*) FROM latest')).toEqual([['20']]);
  });

  it('removes the oldest when there is too much, a disk without room or not', async () => {
    for (let i = 4; i > 0; i--) await writePart(TODAY - i * DAY_MS);
    await upkeep().run({ mayWrite: true });
    await store.database.writer.run('CHECKPOINT');
    const { bytes, points } = await upkeep().figures();
    await upkeep({ bytesMax: bytes / 2 }).run({ mayWrite: false });
    const left = store.parts.rows;
    expect(left).toBeLessThanOrEqual(points / 2);
    expect(left).toBeGreaterThan(0);
    expect(await read(`SELECT epoch_ms(min(enqueued_time)) >= ${TODAY - 2 * DAY_MS} FROM points`)).toEqual([[true]]);
  });

  it('leaves readers with what they began with', async () => {
    await writePart(TODAY - 40 * DAY_MS);
    const reader = await store.database.connect();
    await reader.run('BEGIN');
    const count = async () => (await reader.runAndReadAll('SELECT count(*), sum(number) FROM points')).getRowsJson();
    const before = await count();
    await upkeep().run({ mayWrite: true });
    await store.database.writer.run('CHECKPOINT').catch(() => {});
    expect(await count()).toEqual(before);
    await reader.run('COMMIT');
    expect(await count()).toEqual([['0', null]]);
  });

  it('goes on after a restart, and removes what a crash left over', async () => {
    await writePart(TODAY);
    await upkeep().run({ mayWrite: true });
    await writePart(TODAY + 5_000);
    const points = await read(EVERYTHING);
    await store.database.writer.run('CREATE TABLE points_sorted_99 AS FROM points');
    store.database.close();
    await open();
    expect(await read(EVERYTHING)).toEqual(points);
    expect(await read(`SELECT count(*) FROM duckdb_tables() WHERE table_name = 'points_sorted_99'`)).toEqual([['0']]);
    expect(store.places.get(0)?.next).toBe(offset);
    await writePart(TODAY + 9_000, 1);
    expect(await read('SELECT count(*) FROM points')).toEqual([['4020']]);
  });
});
