import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { HistorySettings, StoreFigures } from '../thread-messages.ts';
import { retainConnectionChanges } from './connection-table.ts';
import { inTransaction } from './history-database.ts';
import { dayOf, newestOf, type Part, type PartBook, POINT_NAMES, tableOf } from './part-book.ts';
import { runInPieces } from './run-statement.ts';
import type { Turns } from './turns.ts';
import { makeTwinsWhole, retainTwinVersions } from './twin-table.ts';

/** Sorted parts of one day are merged up to this many rows; each one more is one more to look into for every query. */
const MERGED_ROWS_MAX = 16_000_000;
/** Upkeep has time: commits and queries come first, ms. */
const UPKEEP_TURN_MS = 2;
/** So many small ones are worth it. */
const MERGED_PARTS_MIN = 4;

export interface UpkeepParts {
  readonly file: string;
  readonly settings: HistorySettings;
  readonly parts: PartBook;
  readonly writer: DuckDBConnection;
  /** A connection of its own: sorting goes on beside commits. */
  readonly upkeep: DuckDBConnection;
  /** Of the writer. */
  readonly turns: Turns;
  now(): number;
}

/**
 * What keeps the store fast and small: sorts what is closed, merges what is small, removes what is old, too much, or of devices that are
 * gone. One thing at a time, each short for whoever commits: a long one works on tables that nobody writes to, and only the exchange at its
 * end takes a turn of the writer.
 */
export class Upkeep {
  readonly #of: UpkeepParts;
  #isStopped = false;
  #pointsRemoved = 0;
  #lastRetentionTime = 0;
  #happeningsLookedAt = 0;

  constructor(of: UpkeepParts) {
    this.#of = of;
  }

  /** What is under way ends soon, by throwing. */
  stop(): void {
    this.#isStopped = true;
    this.#of.upkeep.interrupt();
  }

  /** One round. @param mayWrite false: only what makes room */
  async run({ mayWrite }: { readonly mayWrite: boolean }): Promise<void> {
    await this.#retain();
    if (!mayWrite) return;
    await this.#forgetGone();
    for (const part of this.#of.parts.closed) await this.#sort([part]);
    const mergeable = this.#mergeable();
    if (mergeable.length > 0) await this.#sort(mergeable);
    await this.#retainHappenings();
  }

  async figures(): Promise<Omit<StoreFigures, 'diskFreeBytes'>> {
    const { parts } = this.#of;
    return {
      points: parts.rows,
      bytes: await this.#bytes(),
      parts: parts.all.length,
      pointsRemoved: this.#pointsRemoved,
      lastRetentionTime: this.#lastRetentionTime,
    };
  }

  /** One sorted part of several parts; of what is not in it any more, the newest values are kept. */
  async #sort(from: readonly Part[]): Promise<void> {
    const { parts, upkeep, turns, writer } = this.#of;
    const made: Part = {
      number: parts.nextNumber(),
      kind: 'sorted',
      rows: 0,
      enqueuedMin: Math.min(...from.map(({ enqueuedMin }) => enqueuedMin)),
      enqueuedMax: Math.max(...from.map(({ enqueuedMax }) => enqueuedMax)),
    };
    const union = from.map((part) => `SELECT ${POINT_NAMES} FROM ${tableOf(part)}`).join(' UNION ALL ');
    await runInPieces(upkeep, `CREATE TABLE ${tableOf(made)} AS FROM (${union}) ORDER BY series_id, time, seq`, {
      turnMs: UPKEEP_TURN_MS,
      check: () => {
        if (this.#isStopped) throw new HubError('server.draining', 'the history is being closed');
      },
    });
    made.rows = await countRows(upkeep, made);
    const isNew = from.some(({ kind }) => kind === 'recent');
    await turns.take(() => parts.replace(from, made, isNew ? () => keepNewest(writer, made) : undefined));
  }

  async #retainHappenings(): Promise<void> {
    const { writer, turns, settings, now } = this.#of;
    if (now() - this.#happeningsLookedAt < LIMITS.TWIN_VERSIONS_UPKEEP_SECONDS * 1_000) return;
    this.#happeningsLookedAt = now();
    await turns.take(() => makeTwinsWhole(writer));
    const oldest = now() - settings.days * 86_400_000;
    await turns.take(() => retainTwinVersions(writer, oldest));
    await turns.take(() => retainConnectionChanges(writer, oldest));
  }

  /** Neighbours of one day that are small; the oldest such. */
  #mergeable(): readonly Part[] {
    let run: Part[] = [];
    let rows = 0;
    for (const part of this.#of.parts.all) {
      const continues =
        part.kind === 'sorted' &&
        part.rows < MERGED_ROWS_MAX / 2 &&
        rows + part.rows <= MERGED_ROWS_MAX &&
        (run.length === 0 || dayOf(run[0]!.enqueuedMin) === dayOf(part.enqueuedMin));
      if (!continues) {
        if (run.length >= MERGED_PARTS_MIN) return run;
        run = [];
        rows = 0;
        if (part.kind !== 'sorted' || part.rows >= MERGED_ROWS_MAX / 2) continue;
      }
      run.push(part);
      rows += part.rows;
    }
    return run.length >= MERGED_PARTS_MIN ? run : [];
  }

  /** Points of devices that were deleted. They cannot be found any more; here they go. */
  async #forgetGone(): Promise<void> {
    const { writer, parts, turns, now } = this.#of;
    await turns.take(async () => {
      const [[gone] = []] = (await writer.runAndReadAll('SELECT count(*) FROM series_gone')).getRows();
      if (Number(gone) === 0) return;
      await inTransaction(writer, async () => {
        for (const table of [...parts.all.map(tableOf), 'latest_kept']) {
          await writer.run(`DELETE FROM ${table} WHERE series_id IN (SELECT series_id FROM series_gone)`);
        }
        await writer.run('DELETE FROM series_gone');
        // What such a device had said is long read.
        await writer.run(`DELETE FROM identity_gone WHERE time < ${now() - LIMITS.HISTORY_GONE_SECONDS * 1_000}`);
      });
    });
  }

  async #retain(): Promise<void> {
    const { parts, settings, now } = this.#of;
    const oldest = now() - settings.days * 86_400_000;
    const tooOld = parts.all.filter((part) => part !== parts.open && part.rows > 0 && part.enqueuedMax < oldest);
    const tooMuch = await this.#tooMuch(tooOld);
    const gone = [...tooOld, ...tooMuch];
    if (gone.length === 0) return;
    await this.#of.turns.take(() => parts.replace(gone, undefined));
    this.#pointsRemoved += gone.reduce((sum, { rows }) => sum + rows, 0);
    this.#lastRetentionTime = now();
  }

  /** The oldest parts, so many that the others are small enough; their share of the store is estimated by their rows. */
  async #tooMuch(besides: readonly Part[]): Promise<Part[]> {
    const { parts, settings } = this.#of;
    const bytesPerRow = (await this.#bytes()) / Math.max(1, parts.rows);
    const left = parts.all.filter((part) => !besides.includes(part));
    let rows = left.reduce((sum, part) => sum + part.rows, 0);
    const gone: Part[] = [];
    for (const part of left) {
      if (rows * bytesPerRow <= settings.bytesMax || part.kind !== 'sorted') break;
      gone.push(part);
      rows -= part.rows;
    }
    return gone;
  }

  /** Of what is in use: the file keeps the room of what was removed, for what comes. */
  async #bytes(): Promise<number> {
    const sql = 'SELECT block_size * used_blocks FROM pragma_database_size()';
    const [[bytes] = []] = (await this.#of.upkeep.runAndReadAll(sql)).getRows();
    return Number(bytes);
  }
}

/** Bytes that may still be written beside a file. */
export async function freeBytesBeside(file: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(file));
  return bavail * bsize;
}

/** The newest values live on when their parts are gone. */
async function keepNewest(writer: DuckDBConnection, part: Part): Promise<void> {
  const rows = `SELECT ${POINT_NAMES} FROM latest_kept UNION ALL SELECT ${POINT_NAMES} FROM ${tableOf(part)}`;
  await writer.run(`CREATE OR REPLACE TEMP TABLE newest AS ${newestOf(rows)}`);
  await writer.run('DELETE FROM latest_kept');
  await writer.run(`INSERT INTO latest_kept SELECT ${POINT_NAMES} FROM newest`);
  await writer.run('DROP TABLE newest');
}

async function countRows(connection: DuckDBConnection, part: Part): Promise<number> {
  const [[rows] = []] = (await connection.runAndReadAll(`SELECT count(*) FROM ${tableOf(part)}`)).getRows();
  return Number(rows);
}
