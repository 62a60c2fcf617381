import { LIMITS } from '@viaduct/contracts';
import type { Kysely, Selectable } from 'kysely';
import type { FileNotification, LockedFileNotification } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import type { FileNotificationTable as Columns, HubSchema } from './schema.ts';

/** What back ends are told of files: one queue for the hub, read one at a time under a lock by competing receivers. */
export class FileNotificationQueue {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;
  readonly #listeners = new Set<() => void>();

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
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

  /** Inside the caller's transaction. The oldest give way past LIMITS.FILE_NOTIFICATIONS_MAX. */
  async add(db: Kysely<HubSchema>, notification: FileNotification): Promise<void> {
    const columns = columnsOf(notification);
    const { insertId = 0n } = await db.insertInto('file_notification').values(columns).executeTakeFirstOrThrow();
    // Ids rise by one, so what is this far behind is surplus; counting would read the queue each time.
    const surplus = Number(insertId) - LIMITS.FILE_NOTIFICATIONS_MAX;
    if (surplus > 0) await db.deleteFrom('file_notification').where('id', '<=', surplus).execute();
  }

  async lock(
    lockToken: string,
    now: number,
    lockedUntil: number,
    expiredBefore: number,
  ): Promise<LockedFileNotification | undefined> {
    // A look without a transaction first: receivers ask far more often than files come.
    if ((await waitingAt(this.#reader, now, expiredBefore)) === undefined) return undefined;
    return this.#writer.write(async (db) => {
      const row = await waitingAt(db, now, expiredBefore);
      if (row === undefined) return undefined;
      const lock = { lock_token: lockToken, locked_until: lockedUntil };
      await db.updateTable('file_notification').set(lock).where('id', '=', row.id).execute();
      return { ...notificationOf(row), lockToken, deliveryCount: row.delivery_count };
    });
  }

  async complete(lockToken: string): Promise<boolean> {
    const { numDeletedRows } = await this.#writer.write((db) =>
      db.deleteFrom('file_notification').where('lock_token', '=', lockToken).executeTakeFirstOrThrow(),
    );
    return numDeletedRows > 0n;
  }

  async unlock(lockToken: string, deliveriesMax: number): Promise<boolean> {
    const found = await this.#writer.write(async (db) => {
      const held = db.selectFrom('file_notification').where('lock_token', '=', lockToken);
      const row = await held.select(['id', 'delivery_count']).executeTakeFirst();
      if (row === undefined) return false;
      const deliveryCount = row.delivery_count + 1;
      if (deliveryCount >= deliveriesMax) {
        await db.deleteFrom('file_notification').where('id', '=', row.id).execute();
      } else {
        const waiting = { delivery_count: deliveryCount, lock_token: null, locked_until: 0 };
        await db.updateTable('file_notification').set(waiting).where('id', '=', row.id).execute();
      }
      return true;
    });
    if (found) this.ring();
    return found;
  }

  /** What nobody fetched in time goes; locks that ran out are undone. */
  async sweep(now: number, expiredBefore: number): Promise<void> {
    const due = await this.#reader
      .selectFrom('file_notification')
      .select('id')
      .where((eb) =>
        eb.or([
          eb('enqueued_time', '<=', expiredBefore),
          eb.and([eb('lock_token', 'is not', null), eb('locked_until', '<=', now)]),
        ]),
      )
      .limit(1)
      .executeTakeFirst();
    if (due === undefined) return;
    await this.#writer.write(async (db) => {
      await db.deleteFrom('file_notification').where('enqueued_time', '<=', expiredBefore).execute();
      await db
        .updateTable('file_notification')
        .set({ lock_token: null, locked_until: 0 })
        .where('lock_token', 'is not', null)
        .where('locked_until', '<=', now)
        .execute();
    });
    this.ring();
  }

  async unlockEverything(): Promise<void> {
    await this.#writer.write((db) =>
      db
        .updateTable('file_notification')
        .set({ lock_token: null, locked_until: 0 })
        .where('lock_token', 'is not', null)
        .execute(),
    );
  }
}

/** The oldest that is neither locked nor too old. */
function waitingAt(
  db: Kysely<HubSchema>,
  now: number,
  expiredBefore: number,
): Promise<Selectable<Columns> | undefined> {
  return db
    .selectFrom('file_notification')
    .selectAll()
    .where('enqueued_time', '>', expiredBefore)
    .where((eb) => eb.or([eb('lock_token', 'is', null), eb('locked_until', '<=', now)]))
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

function columnsOf(notification: FileNotification) {
  return {
    device_id: notification.deviceId,
    blob_uri: notification.blobUri,
    blob_name: notification.blobName,
    modified_time: notification.lastUpdatedTime,
    bytes: notification.blobSizeInBytes,
    enqueued_time: notification.enqueuedTime,
    delivery_count: 0,
    lock_token: null,
    locked_until: 0,
  };
}

function notificationOf(row: Selectable<Columns>): FileNotification {
  return {
    deviceId: row.device_id,
    blobUri: row.blob_uri,
    blobName: row.blob_name,
    lastUpdatedTime: row.modified_time,
    blobSizeInBytes: row.bytes,
    enqueuedTime: row.enqueued_time,
  };
}
