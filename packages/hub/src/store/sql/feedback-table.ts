import { LIMITS } from '@viaduct/contracts';
import type { Kysely, Selectable } from 'kysely';
import type { FeedbackBatch, FeedbackRecord } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import type { FeedbackTable as Columns, HubSchema } from './schema.ts';

/** What back ends are told about their commands: one queue for the hub, read in locked batches by competing receivers. */
export class FeedbackTable {
  readonly #writer: GroupWriter;
  readonly #listeners = new Set<() => void>();

  constructor(writer: GroupWriter) {
    this.#writer = writer;
  }

  onWaiting(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells receivers to look; called once what they shall see is committed. */
  ring(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Inside the caller's transaction. The oldest give way past LIMITS.FEEDBACK_QUEUE_RECORDS_MAX. */
  async add(db: Kysely<HubSchema>, records: readonly FeedbackRecord[]): Promise<void> {
    if (records.length === 0) return;
    const { insertId = 0n } = await db.insertInto('feedback').values(records.map(columnsOf)).executeTakeFirstOrThrow();
    // Ids rise by one, so what is this far behind is surplus; counting would read the queue each time.
    const surplus = Number(insertId) - LIMITS.FEEDBACK_QUEUE_RECORDS_MAX;
    if (surplus > 0) await db.deleteFrom('feedback').where('id', '<=', surplus).execute();
  }

  lock(lockToken: string, now: number, lockedUntil: number, limit: number): Promise<FeedbackBatch | undefined> {
    return this.#writer.write(async (db) => {
      const rows = await db
        .selectFrom('feedback')
        .selectAll()
        .where((eb) => eb.or([eb('lock_token', 'is', null), eb('locked_until', '<=', now)]))
        .orderBy('id')
        .limit(limit)
        .execute();
      const [oldest] = rows;
      if (oldest === undefined) return undefined;
      const ids = rows.map((row) => row.id);
      await db
        .updateTable('feedback')
        .set({ lock_token: lockToken, locked_until: lockedUntil })
        .where('id', 'in', ids)
        .execute();
      return {
        lockToken,
        enqueuedTime: oldest.enqueued_time,
        deliveryCount: Math.max(...rows.map((row) => row.delivery_count)),
        records: rows.map(recordOf),
      };
    });
  }

  async complete(lockToken: string): Promise<boolean> {
    const { numDeletedRows } = await this.#writer.write((db) =>
      db.deleteFrom('feedback').where('lock_token', '=', lockToken).executeTakeFirstOrThrow(),
    );
    return numDeletedRows > 0n;
  }

  async unlock(lockToken: string, deliveriesMax: number): Promise<boolean> {
    const found = await this.#writer.write(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('feedback')
        .set((eb) => ({ delivery_count: eb('delivery_count', '+', 1), lock_token: null, locked_until: 0 }))
        .where('lock_token', '=', lockToken)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0n) await db.deleteFrom('feedback').where('delivery_count', '>=', deliveriesMax).execute();
      return numUpdatedRows > 0n;
    });
    if (found) this.ring();
    return found;
  }

  async unlockLapsed(reader: Kysely<HubSchema>, now: number): Promise<void> {
    const lapsed = await reader
      .selectFrom('feedback')
      .select('id')
      .where('lock_token', 'is not', null)
      .where('locked_until', '<=', now)
      .limit(1)
      .executeTakeFirst();
    if (lapsed === undefined) return;
    await this.#writer.write((db) =>
      db
        .updateTable('feedback')
        .set({ lock_token: null, locked_until: 0 })
        .where('lock_token', 'is not', null)
        .where('locked_until', '<=', now)
        .execute(),
    );
    this.ring();
  }
}

function columnsOf(record: FeedbackRecord) {
  return {
    original_message_id: record.originalMessageId,
    outcome: record.statusCode,
    generation_id: record.deviceGenerationId,
    device_id: record.deviceId,
    enqueued_time: Date.parse(record.enqueuedTimeUtc),
    delivery_count: 0,
    lock_token: null,
    locked_until: 0,
  };
}

function recordOf(row: Selectable<Columns>): FeedbackRecord {
  return {
    originalMessageId: row.original_message_id,
    description: row.outcome,
    statusCode: row.outcome,
    deviceGenerationId: row.generation_id,
    deviceId: row.device_id,
    enqueuedTimeUtc: new Date(row.enqueued_time).toISOString(),
  };
}
