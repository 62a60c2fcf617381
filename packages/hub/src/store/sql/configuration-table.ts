import type { Kysely, Selectable } from 'kysely';
import type { ConfigurationRecord, ConfigurationStore, JsonObject, MetricResults } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import { KnownRows } from './known-rows.ts';
import type { ConfigurationTable as Columns, HubSchema } from './schema.ts';

/** The configurations: asked for whenever something happened to a device. */
export class ConfigurationTable implements ConfigurationStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;
  readonly #listeners = new Set<() => void>();
  readonly #known = new KnownRows(() => this.#read());

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  list(): Promise<readonly ConfigurationRecord[]> {
    return this.#known.list();
  }

  insert(record: ConfigurationRecord, max: number): Promise<'inserted' | 'exists' | 'full'> {
    return this.#change(async (db) => {
      const living = await db.selectFrom('configuration').select('id').where('is_deleted', '=', 0).execute();
      if (living.some(({ id }) => id === record.id)) return 'exists';
      if (living.length >= max) return 'full';
      await db
        .replaceInto('configuration')
        .values({ ...rowOf(record), metric_results: '{}' })
        .execute();
      return 'inserted';
    });
  }

  replace(record: ConfigurationRecord, expectedEtag: string): Promise<boolean> {
    return this.#change(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('configuration')
        .set(rowOf(record))
        .where('id', '=', record.id)
        .where('etag', '=', expectedEtag)
        .where('is_deleted', '=', 0)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    });
  }

  async markSettled({ id, createdTime, revision }: ConfigurationRecord): Promise<void> {
    await this.#change(async (db) => {
      await db
        .deleteFrom('configuration')
        .where('id', '=', id)
        .where('created_time', '=', createdTime)
        .where('revision', '=', revision)
        .where('is_deleted', '=', 1)
        .execute();
      await db
        .updateTable('configuration')
        .set({ settled_revision: revision })
        .where('id', '=', id)
        .where('created_time', '=', createdTime)
        .where('revision', '=', revision)
        .execute();
    });
  }

  async metricResults(): Promise<ReadonlyMap<string, MetricResults>> {
    const rows = await this.#reader
      .selectFrom('configuration')
      .select(['id', 'metric_results'])
      .where('metric_results', '<>', '{}')
      .execute();
    return new Map(rows.map((row) => [row.id, JSON.parse(row.metric_results) as MetricResults]));
  }

  /** Leaves the etag and what is in memory alone. */
  async saveMetricResults(id: string, results: MetricResults): Promise<void> {
    await this.#writer.write((db) =>
      db
        .updateTable('configuration')
        .set({ metric_results: JSON.stringify(results) })
        .where('id', '=', id)
        .execute(),
    );
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #change<T>(task: (db: Kysely<HubSchema>) => Promise<T>): Promise<T> {
    try {
      return await this.#writer.write(task);
    } finally {
      this.#known.forget();
      for (const listener of this.#listeners) listener();
    }
  }

  async #read(): Promise<readonly ConfigurationRecord[]> {
    const rows = await this.#reader.selectFrom('configuration').selectAll().orderBy('id').execute();
    return rows.map(recordOf);
  }
}

function rowOf(record: ConfigurationRecord) {
  return {
    id: record.id,
    kind: record.kind,
    schema_version: record.schemaVersion,
    labels: JSON.stringify(record.labels),
    content: JSON.stringify(record.content),
    target_condition: record.targetCondition,
    priority: record.priority,
    metric_queries: JSON.stringify(record.metricQueries),
    created_time: record.createdTime,
    updated_time: record.updatedTime,
    etag: record.etag,
    revision: record.revision,
    settled_revision: record.settledRevision,
    is_deleted: record.isDeleted ? 1 : 0,
  };
}

function recordOf(row: Selectable<Columns>): ConfigurationRecord {
  return {
    id: row.id,
    kind: row.kind,
    schemaVersion: row.schema_version,
    labels: JSON.parse(row.labels) as Record<string, string>,
    content: JSON.parse(row.content) as JsonObject,
    targetCondition: row.target_condition,
    priority: row.priority,
    metricQueries: JSON.parse(row.metric_queries) as Record<string, string>,
    createdTime: row.created_time,
    updatedTime: row.updated_time,
    etag: row.etag,
    revision: row.revision,
    settledRevision: row.settled_revision,
    isDeleted: row.is_deleted === 1,
  };
}
