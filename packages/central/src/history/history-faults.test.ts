import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { AuthMethod, encodeRecord, Source } from '@viaduct/hub/record';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';
import { say } from '../testing/fake-session.ts';
import { packRecords } from './pack-records.ts';
import { StoredHistory } from './stored-history.ts';
import type { HistoryReply, LogPiece } from './thread-messages.ts';
import { HistoryService } from './worker/history-service.ts';
import { HISTORY_MIGRATIONS } from './worker/migrations/migrations.ts';
import { openStore } from './worker/open-store.ts';
import { RecordTaker } from './worker/take-records.ts';

const SETTINGS = { days: 30, bytesMax: 1e9, memoryBytes: 256 * 1_048_576, threads: 1 };
const NOW = Date.now();

let directory: string;
const file = () => join(directory, 'history.duckdb');

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-history-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

interface Said {
  readonly body: string;
  readonly deviceId?: string;
  readonly time?: number;
}

function pieceOf(firstOffset: number, said: readonly Said[]): LogPiece {
  const records = said.map(({ body, deviceId = 'd1', time = NOW }, index) => {
    const speaker = { deviceId, generationId: 'g', authMethod: AuthMethod.deviceKey, modelId: null };
    const data = encodeRecord(speaker, Source.telemetry, 0, '', Buffer.from(body));
    return { offset: firstOffset + index, enqueuedTime: time, data };
  });
  return { partition: 0, firstOffset, packed: packRecords(records) };
}

/** What the file has, read by who opens it anew. */
async function kept() {
  const store = await openStore({ file: file(), settings: SETTINGS });
  const sql = 'SELECT name, type, number, text FROM points JOIN series USING (series_id) ORDER BY enqueued_time, seq';
  const rows = (await store.database.writer.runAndReadAll(sql)).getRowsJson();
  const next = store.places.get(0)?.next ?? 0;
  store.database.close();
  return { rows, next };
}

describe('a disk that is nearly full', () => {
  let freeBytes: number;
  let replies: HistoryReply[];
  const open = () =>
    HistoryService.open({ file: file(), settings: SETTINGS }, (reply) => replies.push(reply), {
      freeBytes: async () => freeBytes,
      upkeepMs: 10,
    });
  const isFull = (reply: HistoryReply) => reply.kind === 'figures' && reply.figures.diskFreeBytes !== null;
  const points = () => replies.reduce((sum, reply) => sum + (reply.kind === 'committed' ? reply.points : 0), 0);

  beforeEach(() => {
    freeBytes = 1_000;
    replies = [];
  });

  it('is left alone, and told of; what waits is written when there is room again', async () => {
    const service = await open();
    await expect.poll(() => replies.some(isFull)).toBe(true);
    service.hear({ kind: 'records', piece: pieceOf(0, [{ body: '{"t":1}' }, { body: '{"t":2}' }]) });
    service.hear({ kind: 'commit' });
    const looks = replies.length + 3;
    await expect.poll(() => replies.length).toBeGreaterThan(looks);
    expect(points()).toBe(0);
    expect(replies.some(({ kind }) => kind === 'taken')).toBe(false);
    // A little more than what made it stop is not enough to begin again: it would stop at once.
    freeBytes = 513 * 1_048_576;
    const more = replies.length + 3;
    await expect.poll(() => replies.length).toBeGreaterThan(more);
    expect(points()).toBe(0);
    freeBytes = 1e12;
    await expect.poll(points).toBe(2);
    service.hear({ kind: 'close' });
    await service.ended;
    expect(await kept()).toMatchObject({ rows: [expect.anything(), expect.anything()], next: 2 });
  });

  it('ends with what was written before, and the log is read from there', async () => {
    const service = await open();
    await expect.poll(() => replies.some(isFull)).toBe(true);
    service.hear({ kind: 'records', piece: pieceOf(0, [{ body: '{"t":1}' }]) });
    service.hear({ kind: 'close' });
    await service.ended;
    expect(await kept()).toEqual({ rows: [], next: 0 });
  });
});

describe('a file', () => {
  it('of an older version is upgraded, and keeps what it has', async () => {
    const instance = await DuckDBInstance.create(file());
    const connection = await instance.connect();
    await connection.run('CREATE TABLE schema_version (version UINTEGER NOT NULL)');
    await connection.run(HISTORY_MIGRATIONS[0] ?? '');
    await connection.run(`INSERT INTO schema_version VALUES (1); INSERT INTO place VALUES (0, 7, ${NOW})`);
    connection.closeSync();
    instance.closeSync();
    expect(await kept()).toEqual({ rows: [], next: 7 });
  });

  it('of a newer version is left alone', async () => {
    await kept();
    const instance = await DuckDBInstance.create(file());
    const connection = await instance.connect();
    await connection.run('INSERT INTO schema_version VALUES (99)');
    connection.closeSync();
    instance.closeSync();
    await expect(kept()).rejects.toMatchObject({ code: 'store.unusable', message: expect.stringContaining('99') });
  });

  it('that a power cut left empty is made anew', async () => {
    await writeFile(file(), '');
    expect(await kept()).toEqual({ rows: [], next: 0 });
  });
});

describe('what devices say', () => {
  it('is kept as what it was, whatever it was before, and however the clock steps', async () => {
    const store = await openStore({ file: file(), settings: SETTINGS });
    const said = [
      { body: '{"t":1}' },
      { body: '{"t":"hot"}', time: NOW - 3_600_000 },
      { body: '{"t":true}', time: NOW + 1 },
      { body: '{"t":{"c":2}}', time: NOW + 2 },
      { body: '{"t":-1.5e-7,"nul":"a\\u0000b","half":"\\ud800"}', time: NOW + 3 },
    ];
    store.taker.take(pieceOf(0, said));
    await store.committer.commit(store.taker.takeBatch(), store.taker.nextSeriesId, true);
    store.database.close();
    expect((await kept()).rows).toEqual([
      ['t', 3, null, 'hot'],
      ['t', 1, 1, null],
      ['t', 2, 1, null],
      ['t', 4, null, '{"c":2}'],
      ['t.c', 1, 2, null],
      ...[
        ['t', 1, -1.5e-7, null],
        ['nul', 3, null, 'a\0b'],
        ['half', 3, null, '\uFFFD'],
      ],
    ]);
  });

  it('fills no more memory than there is for what is measured, by however many devices', () => {
    const drops: unknown[] = [];
    const taker = new RecordTaker(
      {
        ...{ identities: new Map(), gone: new Map(), nextSeriesId: 0 },
        drops: { count: (key: string, reason: string) => drops.push([key, reason]), forget: () => {} } as never,
        twins: { record: () => [], forget: () => {} } as never,
      },
      5,
    );
    taker.take(
      pieceOf(
        0,
        Array.from({ length: 4 }, (_, i) => ({ deviceId: `d${i}`, body: '{"a":1,"b":2}' })),
      ),
    );
    expect(taker.batch.points.size).toBe(5);
    expect(drops).toEqual([
      ['d2', 'tooManySeries'],
      ['d3', 'tooManySeries'],
      ['d3', 'tooManySeries'],
    ]);
  });
});

describe('the history over a log', () => {
  let server: ConsoleUnderTest;
  let faults: string[];
  beforeEach(async () => {
    server = await openConsole();
    faults = [];
  });
  afterEach(() => server.close());

  const open = () =>
    new StoredHistory({
      hub: server.hub,
      file: file(),
      settings: SETTINGS,
      onFault: (fault) => faults.push(String(fault)),
    });
  const speakers = async (history: StoredHistory) => {
    await history.caughtUp();
    const { rows } = await history.query('SELECT device_id FROM points JOIN series USING (series_id) ORDER BY 1', [], {
      rowsMax: 10,
    });
    return rows.map(([deviceId]) => deviceId);
  };

  it('refuses with the reason while its file is damaged, and has all that the log holds when it was moved away', async () => {
    await writeFile(file(), 'this is no history of anything, and was not even one before it was damaged');
    await say(server.hub, 'd1', '{"t":1}');
    const damaged = open();
    const waiting = damaged.query('SELECT 1', [], { rowsMax: 1 });
    await expect(waiting).rejects.toMatchObject({
      code: 'history.unavailable',
      message: expect.stringContaining('move it away'),
    });
    await expect(damaged.query('SELECT 1', [], { rowsMax: 1 })).rejects.toMatchObject({ code: 'history.unavailable' });
    expect(damaged.stats()).toMatchObject({ state: 'failed', reason: expect.stringContaining('cannot be opened') });
    expect(faults).toEqual([expect.stringContaining('not a valid DuckDB database file')]);
    await damaged.close();
    await rm(file());
    const anew = open();
    expect(await speakers(anew)).toEqual(['d1']);
    await anew.close();
  });

  it('goes on with another log than it had read, with what is newer, and tells the operator', async () => {
    for (let i = 0; i < 3; i++) await say(server.hub, 'd1', '{"t":1}');
    const first = open();
    expect(await speakers(first)).toEqual(['d1', 'd1', 'd1']);
    await first.close();
    await server.close();
    server = await openConsole();
    await say(server.hub, 'd1', '{"t":2}');
    const second = open();
    expect(await speakers(second)).toEqual(['d1', 'd1', 'd1', 'd1']);
    await say(server.hub, 'd1', '{"t":3}');
    expect(await speakers(second)).toHaveLength(5);
    expect(faults).toEqual([expect.stringContaining('the log is another one')]);
    await second.close();
  });
});
