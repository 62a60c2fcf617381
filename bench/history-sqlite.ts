import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Contestant, sampleOf, type Workload } from './history-contestants.ts';

const BATCH_ROWS = 10_000;

/** A table in the order of devices, and an index by time: both queries have what they want. Commits are synced, as ours are. */
export class SqliteContestant implements Contestant {
  readonly name = 'SQLite';
  readonly isInProcess = true;
  readonly #file: string;
  readonly #database: Database.Database;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#file = join(directory, 'history.sqlite');
    this.#database = new Database(this.#file);
  }

  async open(): Promise<void> {
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    this.#database.pragma('cache_size = -524288');
    this.#database.exec(`create table point (device integer, time integer, value real, primary key (device, time)) without rowid;
      create index point_time on point (time)`);
  }

  async ingest(workload: Workload): Promise<null> {
    const insert = this.#database.prepare('insert into point values (?, ?, ?)');
    const some = this.#database.transaction((from: number, to: number) => {
      for (let row = from; row < to; row++) {
        const { device, time, value } = sampleOf(row, workload);
        insert.run(device, time, value);
      }
    });
    for (let from = 0; from < workload.rows; from += BATCH_ROWS) some(from, Math.min(from + BATCH_ROWS, workload.rows));
    return null;
  }

  async settle(): Promise<void> {
    this.#database.pragma('wal_checkpoint(TRUNCATE)');
    this.#database.exec('analyze');
  }

  async week(device: number, since: number): Promise<number> {
    const sql = `select time / 3600000 as hour, avg(value), min(value), max(value) from point
                 where device = ? and time >= ? group by hour order by hour`;
    return this.#timed(sql, [device, since]);
  }

  async hour(since: number): Promise<number> {
    return this.#timed('select device, avg(value) from point where time >= ? group by device', [since]);
  }

  async bytes(): Promise<number> {
    return statSync(this.#file).size;
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #timed(sql: string, parameters: readonly number[]): number {
    const begun = performance.now();
    this.#database.prepare(sql).all(...parameters);
    return performance.now() - begun;
  }
}
