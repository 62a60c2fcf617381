import type { DuckDBConnection } from '@duckdb/node-api';
import { inTransaction } from './history-database.ts';

/** A table of points. Times are enqueued times, ms since 1970. */
export interface Part {
  readonly number: number;
  readonly kind: 'recent' | 'sorted';
  rows: number;
  enqueuedMin: number;
  enqueuedMax: number;
}

const DAY_MS = 86_400_000;
/** Of the blocks of rows, for who wants an estimate at once. Whole blocks: the others are not even read. */
const SAMPLE_PERCENT = 5;
/** A recent part is closed at this many rows, or when its day is over: sorting one takes some tenths of a second. */
const RECENT_ROWS_MAX = 2_000_000;
/** While a backlog of days is read, partitions are at different days: a part each time another has its turn would be too many. */
const DAY_PART_MS_MIN = 60_000;

/**
 * Points lie in parts, and the views hide it.
 *
 *     recent, open ─► recent, closed ─► sorted ─► merged with others of its day ─► dropped when too old
 *     appended to      being sorted      by series, then time
 *
 * In a recent part "the last hour of all" is together, in a sorted one "a week of one device" is.
 *
 * Invariants
 *  1. Exactly one part is open, the newest; only commits write to it.
 *  2. The table `part` lists what the views read. A table of points that it does not list is left over from a crash, and removed when
 *     the store is opened.
 *  3. A part spans about a day of enqueued time at most, so that retention removes whole parts.
 */
export class PartBook {
  readonly #writer: DuckDBConnection;
  readonly #parts: Part[];
  #lastNumber: number;
  #openedAt = Number.NEGATIVE_INFINITY;

  private constructor(writer: DuckDBConnection, parts: Part[], lastNumber: number) {
    this.#writer = writer;
    this.#parts = parts;
    this.#lastNumber = lastNumber;
  }

  static async open(writer: DuckDBConnection): Promise<PartBook> {
    const parts = await readParts(writer);
    const [[counted] = []] = (await writer.runAndReadAll(`SELECT value FROM counter WHERE name = 'part'`)).getRows();
    const book = new PartBook(writer, parts, Number(counted));
    await book.#removeLeftOvers();
    await book.#refreshOpen();
    if (parts.at(-1)?.kind !== 'recent') await book.#openPart();
    // A file of a version before may lack one of the views.
    else await book.#makeViews(parts);
    return book;
  }

  /** Oldest first; the last is open. */
  get all(): readonly Part[] {
    return this.#parts;
  }

  get open(): Part {
    return this.#parts.at(-1)!;
  }

  get rows(): number {
    return this.#parts.reduce((sum, { rows }) => sum + rows, 0);
  }

  get closed(): readonly Part[] {
    return this.#parts.filter((part) => part.kind === 'recent' && part !== this.open);
  }

  /** A commit wrote so much to the open part. */
  grew(rows: number, enqueuedMin: number, enqueuedMax: number): void {
    const { open } = this;
    open.rows += rows;
    open.enqueuedMin = Math.min(open.enqueuedMin, enqueuedMin);
    open.enqueuedMax = Math.max(open.enqueuedMax, enqueuedMax);
  }

  /** Whether points of this time belong into another part than the open one. */
  isDue(enqueuedTime: number): boolean {
    const { rows, enqueuedMin } = this.open;
    if (rows >= RECENT_ROWS_MAX) return true;
    const isOfLaterDay = rows > 0 && dayOf(enqueuedMin) < dayOf(enqueuedTime);
    return isOfLaterDay && performance.now() - this.#openedAt >= DAY_PART_MS_MIN;
  }

  /** Closes the open part, and opens the next. */
  async rotate(): Promise<void> {
    const closed = this.open;
    await inTransaction(this.#writer, async () => {
      const { rows, enqueuedMin, enqueuedMax, number } = closed;
      await this.#writer.run(
        `UPDATE part SET rows = ${rows}, enqueued_min = ${enqueuedMin}, enqueued_max = ${enqueuedMax} WHERE number = ${number}`,
      );
      await this.#addPart();
    });
    this.#openedAt = performance.now();
  }

  /** A number that no part ever had. Durable with the part that gets it. */
  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  /**
   * Puts one part in the place of others, or nothing, in one transaction with `also`. Readers that are at work go on with what they began with.
   */
  async replace(
    gone: readonly Part[],
    by: Part | undefined,
    also: () => Promise<void> = async () => {},
  ): Promise<void> {
    const kept = this.#parts.filter((part) => !gone.includes(part));
    if (by !== undefined) kept.push(by);
    kept.sort(inOrder);
    await inTransaction(this.#writer, async () => {
      if (by !== undefined) await this.#list(by);
      for (const part of gone) await this.#writer.run(`DELETE FROM part WHERE number = ${part.number}`);
      await also();
      await this.#makeViews(kept);
      for (const part of gone) await this.#writer.run(`DROP TABLE ${tableOf(part)}`);
    });
    this.#parts.splice(0, this.#parts.length, ...kept);
  }

  async #openPart(): Promise<void> {
    await inTransaction(this.#writer, () => this.#addPart());
  }

  async #addPart(): Promise<void> {
    const made: Part = {
      number: this.nextNumber(),
      kind: 'recent',
      rows: 0,
      enqueuedMin: Number.MAX_SAFE_INTEGER,
      enqueuedMax: 0,
    };
    await this.#writer.run(`CREATE TABLE ${tableOf(made)} (${POINT_COLUMNS})`);
    await this.#list(made);
    this.#parts.push(made);
    await this.#makeViews(this.#parts);
  }

  async #list({ number, kind, rows, enqueuedMin, enqueuedMax }: Part): Promise<void> {
    await this.#writer.run(`INSERT INTO part VALUES (${number}, '${kind}', ${rows}, ${enqueuedMin}, ${enqueuedMax})`);
    await this.#writer.run(`UPDATE counter SET value = ${this.#lastNumber} WHERE name = 'part'`);
  }

  async #makeViews(parts: readonly Part[]): Promise<void> {
    const union = (some: readonly Part[]) =>
      some.map((part) => `SELECT ${POINT_NAMES} FROM ${tableOf(part)}`).join(' UNION ALL ');
    await this.#writer.run(`CREATE OR REPLACE VIEW points AS ${union(parts)}`);
    await this.#writer.run(
      `CREATE OR REPLACE VIEW points_sample AS ${parts
        .map((part) => `SELECT ${POINT_NAMES} FROM ${tableOf(part)} TABLESAMPLE SYSTEM (${SAMPLE_PERCENT} PERCENT)`)
        .join(' UNION ALL ')}`,
    );
    const recent = parts.filter(({ kind }) => kind === 'recent');
    await this.#writer.run(
      `CREATE OR REPLACE VIEW latest AS SELECT series_id, time, enqueued_time, type, number, text
         FROM (${newestOf(`SELECT ${POINT_NAMES} FROM latest_kept UNION ALL ${union(recent)}`)})`,
    );
  }

  async #removeLeftOvers(): Promise<void> {
    const listed = new Set(this.#parts.map(tableOf));
    const found = await this.#writer.runAndReadAll(
      `SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'points\\_%' ESCAPE '\\'`,
    );
    for (const [name] of found.getRows()) if (!listed.has(String(name))) await this.#writer.run(`DROP TABLE ${name}`);
  }

  /** What a commit wrote to the open part is in its table, not in the list. */
  async #refreshOpen(): Promise<void> {
    const open = this.#parts.at(-1);
    if (open?.kind !== 'recent') return;
    const [[rows, min, max] = []] = (
      await this.#writer.runAndReadAll(
        `SELECT count(*), epoch_ms(min(enqueued_time)), epoch_ms(max(enqueued_time)) FROM ${tableOf(open)}`,
      )
    ).getRows();
    open.rows = Number(rows);
    if (open.rows === 0) return;
    open.enqueuedMin = Number(min);
    open.enqueuedMax = Number(max);
  }
}

export function tableOf({ number, kind }: Pick<Part, 'number' | 'kind'>): string {
  return `points_${kind}_${number}`;
}

export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

/** The newest row of each series, of rows with the columns of points. */
export function newestOf(rows: string): string {
  return `SELECT series_id, unnest(arg_max(struct_pack(time, enqueued_time, seq, type, number, text), epoch_ms(time) * 65536 + seq))
            FROM (${rows}) GROUP BY series_id`;
}

export const POINT_NAMES = 'series_id, time, enqueued_time, seq, type, number, text';

const POINT_COLUMNS = `series_id UINTEGER NOT NULL, time TIMESTAMP_MS NOT NULL, enqueued_time TIMESTAMP_MS NOT NULL,
  seq USMALLINT NOT NULL, type UTINYINT NOT NULL, number DOUBLE, text VARCHAR`;

/** By time; the open part, which may be empty, last. */
function inOrder(a: Part, b: Part): number {
  if (a.kind !== b.kind) return a.kind === 'sorted' ? -1 : 1;
  return a.kind === 'recent' ? a.number - b.number : a.enqueuedMin - b.enqueuedMin || a.number - b.number;
}

async function readParts(writer: DuckDBConnection): Promise<Part[]> {
  const rows = (
    await writer.runAndReadAll('SELECT number, kind, rows, enqueued_min, enqueued_max FROM part')
  ).getRows();
  return rows
    .map(([number, kind, count, min, max]) => ({
      number: Number(number),
      kind: kind as Part['kind'],
      rows: Number(count),
      enqueuedMin: Number(min),
      enqueuedMax: Number(max),
    }))
    .sort(inOrder);
}
