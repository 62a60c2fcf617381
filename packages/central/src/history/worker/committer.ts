import {
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  listValue,
  UBIGINT,
  UINTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { LIMITS } from '@viaduct/contracts';
import { appendRows, appendTo } from './append-rows.ts';
import type { CommitBatch } from './commit-batch.ts';
import { appendConnectionChanges } from './connection-table.ts';
import type { DropBook } from './drop-book.ts';
import { inTransaction } from './history-database.ts';
import { type PartBook, tableOf } from './part-book.ts';
import { appendTwinVersions } from './twin-table.ts';

/** Writes what was taken, with how far the log is read: both or neither. */
export class Committer {
  readonly #writer: DuckDBConnection;
  readonly #parts: PartBook;
  readonly #drops: DropBook;
  readonly #places: Set<number>;
  #dropsSavedAt = 0;

  /** @param places partitions that have a row already */
  constructor(writer: DuckDBConnection, parts: PartBook, drops: DropBook, places: Set<number>) {
    this.#writer = writer;
    this.#parts = parts;
    this.#drops = drops;
    this.#places = places;
  }

  /** Resolves when the batch survives a crash. One at a time. */
  async commit(batch: CommitBatch, nextSeriesId: number, withDrops: boolean): Promise<void> {
    const { points } = batch;
    if (points.size > 0 && this.#parts.isDue(points.enqueuedMin)) await this.#parts.rotate();
    const savesDrops = withDrops || performance.now() - this.#dropsSavedAt >= LIMITS.HISTORY_DROPS_SECONDS * 1_000;
    await inTransaction(this.#writer, async () => {
      if (points.size > 0)
        await appendTo(this.#writer, tableOf(this.#parts.open), (appender) => points.appendTo(appender));
      if (batch.added.length > 0) await this.#addSeries(batch, nextSeriesId);
      if (batch.removed.length > 0) await this.#removeSeries(batch);
      await this.#noteGone(batch);
      if (batch.connectionChanges.length > 0) await appendConnectionChanges(this.#writer, batch.connectionChanges);
      if (batch.twinVersions.length > 0) await appendTwinVersions(this.#writer, batch.twinVersions);
      if (savesDrops) await this.#saveDrops();
      await this.#savePlaces(batch);
    });
    for (const partition of batch.places.keys()) this.#places.add(partition);
    if (points.size > 0) this.#parts.grew(points.size, points.enqueuedMin, points.enqueuedMax);
  }

  #append(table: string, types: readonly DuckDBType[], rows: readonly (readonly DuckDBValue[])[]): Promise<void> {
    return appendRows(this.#writer, table, types, rows);
  }

  async #addSeries({ added }: CommitBatch, nextSeriesId: number): Promise<void> {
    const rows = added.map((s) => [s.seriesId, s.deviceId, s.moduleId, s.component, s.name, s.generationId]);
    await this.#append('series_kept', [UINTEGER, VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR], rows);
    await this.#writer.run(`UPDATE counter SET value = ${nextSeriesId} WHERE name = 'series'`);
  }

  async #removeSeries({ removed }: CommitBatch): Promise<void> {
    const ids = removed.flatMap((identity) => identity.seriesIds());
    if (ids.length === 0) return;
    const list = ids.join(', ');
    await this.#writer.run(`DELETE FROM series_kept WHERE series_id IN (${list})`);
    await this.#writer.run(`INSERT INTO series_gone SELECT unnest([${list}])`);
  }

  async #noteGone({ gone }: CommitBatch): Promise<void> {
    if (gone.length === 0) return;
    await this.#append(
      'identity_gone',
      [VARCHAR, VARCHAR, UBIGINT],
      gone.map(({ key, generationId, time }) => [key, generationId, BigInt(time)]),
    );
    const keys = gone.map(({ key }) => key);
    for (const table of ['twin_version', 'connection_change']) await this.#deleteOf(table, keys);
  }

  async #saveDrops(): Promise<void> {
    this.#dropsSavedAt = performance.now();
    const changed = this.#drops.takeChanged();
    if (changed.length === 0) return;
    await this.#deleteOf(
      'dropped',
      changed.map(([key]) => key),
    );
    const rows = changed.flatMap(([key, counts]) =>
      Object.entries(counts ?? {}).map(([reason, count]) => [key, reason, BigInt(count)]),
    );
    await this.#append('dropped', [VARCHAR, VARCHAR, UBIGINT], rows);
  }

  async #deleteOf(table: string, identities: readonly string[]): Promise<void> {
    await this.#writer.run(
      `DELETE FROM ${table} WHERE identity IN (SELECT unnest(?))`,
      [listValue(identities)],
      [LIST(VARCHAR)],
    );
  }

  async #savePlaces({ places }: CommitBatch): Promise<void> {
    for (const [partition, { next, lastTime }] of places) {
      const sql = this.#places.has(partition)
        ? `UPDATE place SET next_offset = ${next}, last_time = ${lastTime} WHERE partition = ${partition}`
        : `INSERT INTO place VALUES (${partition}, ${next}, ${lastTime})`;
      await this.#writer.run(sql);
    }
  }
}
