import type { DuckDBConnection } from '@duckdb/node-api';
import { identityKey } from '@viaduct/contracts';
import type { DropReason, Series } from '../history.ts';
import type { HistoryThreadData } from '../thread-messages.ts';
import { Committer } from './committer.ts';
import { DropBook, type DropCounts } from './drop-book.ts';
import { type HistoryDatabase, openHistoryDatabase } from './history-database.ts';
import { KnownIdentity } from './identity-index.ts';
import { PartBook } from './part-book.ts';
import { RecordTaker } from './take-records.ts';
import { TwinRecorder } from './twin-recorder.ts';
import { readTwinCounts } from './twin-table.ts';

/** The store as its thread has it. */
export interface OpenStore {
  readonly database: HistoryDatabase;
  readonly parts: PartBook;
  readonly taker: RecordTaker;
  readonly committer: Committer;
  /** Where each partition of the log goes on, and when what is before was enqueued. */
  readonly places: ReadonlyMap<number, { readonly next: number; readonly lastTime: number }>;
  readonly series: readonly Series[];
}

/** @throws HubError store.unusable */
export async function openStore({ file, settings }: HistoryThreadData): Promise<OpenStore> {
  const database = await openHistoryDatabase(file, settings);
  const { writer } = database;
  const parts = await PartBook.open(writer);
  const { series, identities } = await readSeries(writer);
  const drops = new DropBook(await readDrops(writer));
  const twins = new TwinRecorder(await readTwinCounts(writer));
  const gone = new Map<string, string>();
  for (const [key, generation] of await read(
    writer,
    'SELECT identity, generation_id FROM identity_gone ORDER BY time',
  )) {
    gone.set(String(key), String(generation));
  }
  const [[nextSeriesId] = []] = await read(writer, `SELECT value FROM counter WHERE name = 'series'`);
  const places = new Map(
    (await read(writer, 'SELECT partition, next_offset, last_time FROM place')).map(([partition, next, lastTime]) => [
      Number(partition),
      { next: Number(next), lastTime: Number(lastTime) },
    ]),
  );
  const taker = new RecordTaker({ identities, gone, drops, twins, nextSeriesId: Number(nextSeriesId) });
  const committer = new Committer(writer, parts, drops, new Set(places.keys()));
  return { database, parts, taker, committer, places, series };
}

async function readSeries(writer: DuckDBConnection) {
  const series: Series[] = [];
  const identities = new Map<string, KnownIdentity>();
  const sql = 'SELECT series_id, device_id, module_id, component, name, generation_id FROM series_kept';
  for (const [seriesId, deviceId, moduleId, component, name, generationId] of (await read(
    writer,
    sql,
  )) as SeriesRow[]) {
    const each: Series = { seriesId, deviceId, moduleId, component, name };
    series.push(each);
    const key = identityKey(moduleId === '' ? { deviceId } : { deviceId, moduleId });
    const identity = identities.get(key) ?? new KnownIdentity(key, deviceId, moduleId, generationId);
    identities.set(key, identity);
    identity.add(each);
  }
  return { series, identities };
}

type SeriesRow = [number, string, string, string, string, string];

async function readDrops(writer: DuckDBConnection): Promise<Map<string, DropCounts>> {
  const counts = new Map<string, DropCounts>();
  for (const [key, reason, count] of await read(writer, 'SELECT identity, reason, count FROM dropped')) {
    const known = counts.get(String(key)) ?? {};
    known[reason as DropReason] = Number(count);
    counts.set(String(key), known);
  }
  return counts;
}

async function read(writer: DuckDBConnection, sql: string) {
  return (await writer.runAndReadAll(sql)).getRows();
}
