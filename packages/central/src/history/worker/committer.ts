import { type DuckDBConnection, DuckDBDataChunk, UINTEGER, VARCHAR } from '@duckdb/node-api';
import { LIMITS } from '@viaduct/contracts';
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
      await this.#append(tableOf(this.#parts.open), (appender) => points.appendTo(appender));
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

  async #append(table: string, write: (appender: Awaited<ReturnType<DuckDBConnection['createAppender']>>) => void) {
    const appender = await this.#writer.createAppender(table);
    try {
      write(appender);
    } finally {
      appender.closeSync();
    }
  }

  async #addSeries({ added }: CommitBatch, nextSeriesId: number): Promise<void> {
    await this.#append('series_kept', (appender) => {
      for (let at = 0; at < added.length; at += SERIES_AT_ONCE) {
        const some = added.slice(at, at + SERIES_AT_ONCE);
        const chunk = DuckDBDataChunk.create([UINTEGER, VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR], some.length);
        chunk.setRows(some.map((s) => [s.seriesId, s.deviceId, s.moduleId, s.component, s.name, s.generationId]));
        appender.appendDataChunk(chunk);
      }
      appender.flushSync();
    });
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
    for (const { key, generationId, time } of gone) {
      await this.#writer.run(`INSERT INTO identity_gone VALUES (?, ?, ${time})`, [key, generationId]);
      await this.#writer.run('DELETE FROM twin_version WHERE identity = ?', [key]);
      await this.#writer.run('DELETE FROM connection_change WHERE identity = ?', [key]);
    }
  }

  async #saveDrops(): Promise<void> {
    this.#dropsSavedAt = performance.now();
    for (const [key, counts] of this.#drops.takeChanged()) {
      await this.#writer.run('DELETE FROM dropped WHERE identity = ?', [key]);
      for (const [reason, count] of Object.entries(counts ?? {})) {
        await this.#writer.run(`INSERT INTO dropped VALUES (?, ?, ${count})`, [key, reason]);
      }
    }
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

/** The engine's own vector size. */
const SERIES_AT_ONCE = 2_048;
