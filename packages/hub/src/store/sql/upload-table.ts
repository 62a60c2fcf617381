import type { Kysely, Selectable } from 'kysely';
import type { FileNotification, UploadRecord, UploadStore } from '../../core/ports.ts';
import { FileNotificationQueue } from './file-notification-queue.ts';
import type { GroupWriter } from './group-writer.ts';
import { identityColumns, identityOf } from './identity-columns.ts';
import type { UploadTable as Columns, HubSchema } from './schema.ts';

/** Uploads that devices began and have not ended, and what back ends are told of those that ended well. */
export class UploadTable implements UploadStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;
  readonly #notifications: FileNotificationQueue;
  readonly lockNotification: UploadStore['lockNotification'];
  readonly completeNotification: UploadStore['completeNotification'];
  readonly unlockNotification: UploadStore['unlockNotification'];
  readonly sweepNotifications: UploadStore['sweepNotifications'];
  readonly onNotification: UploadStore['onNotification'];

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
    const queue = new FileNotificationQueue(reader, writer);
    this.#notifications = queue;
    this.lockNotification = (token, now, until, expiredBefore) => queue.lock(token, now, until, expiredBefore);
    this.completeNotification = (token) => queue.complete(token);
    this.unlockNotification = (token, deliveriesMax) => queue.unlock(token, deliveriesMax);
    this.sweepNotifications = (now, expiredBefore) => queue.sweep(now, expiredBefore);
    this.onNotification = (listener) => queue.onWaiting(listener);
  }

  insert(upload: UploadRecord, activeMax: number): Promise<boolean> {
    const identity = identityColumns(upload.identity);
    return this.#writer.write(async (db) => {
      const { count } = await db
        .selectFrom('upload')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('device_id', '=', identity.device_id)
        .where('module_id', '=', identity.module_id)
        .where('expiry_time', '>', upload.startedTime)
        .executeTakeFirstOrThrow();
      if (count >= activeMax) return false;
      await db.insertInto('upload').values(columnsOf(upload)).execute();
      return true;
    });
  }

  async find(correlationId: string): Promise<UploadRecord | undefined> {
    const row = await this.#reader
      .selectFrom('upload')
      .selectAll()
      .where('correlation_id', '=', correlationId)
      .executeTakeFirst();
    return row && recordOf(row);
  }

  async countOthers({ container, name, correlationId }: UploadRecord, now: number): Promise<number> {
    const { count } = await this.#reader
      .selectFrom('upload')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('container', '=', container)
      .where('name', '=', Buffer.from(name, 'utf8'))
      .where('correlation_id', '!=', correlationId)
      .where('expiry_time', '>', now)
      .executeTakeFirstOrThrow();
    return count;
  }

  async finish(correlationId: string, notification: FileNotification | undefined): Promise<boolean> {
    const finished = await this.#writer.write(async (db) => {
      const { numDeletedRows } = await db
        .deleteFrom('upload')
        .where('correlation_id', '=', correlationId)
        .executeTakeFirstOrThrow();
      if (numDeletedRows === 0n) return false;
      if (notification !== undefined) await this.#notifications.add(db, notification);
      return true;
    });
    if (finished && notification !== undefined) this.#notifications.ring();
    return finished;
  }

  async listExpired(after: number, now: number, limit: number): Promise<readonly UploadRecord[]> {
    const rows = await this.#reader
      .selectFrom('upload')
      .selectAll()
      .where('expiry_time', '>', after)
      .where('expiry_time', '<=', now)
      .orderBy('expiry_time')
      .limit(limit)
      .execute();
    return rows.map(recordOf);
  }

  async forgetExpired(before: number): Promise<void> {
    const old = await this.#reader
      .selectFrom('upload')
      .select('correlation_id')
      .where('expiry_time', '<', before)
      .limit(1)
      .executeTakeFirst();
    if (old === undefined) return;
    await this.#writer.write((db) => db.deleteFrom('upload').where('expiry_time', '<', before).execute());
  }

  async countActive(now: number): Promise<number> {
    const { count } = await this.#reader
      .selectFrom('upload')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('expiry_time', '>', now)
      .executeTakeFirstOrThrow();
    return count;
  }

  /** At start nobody holds a lock, whatever a crash left behind. */
  unlockEverything(): Promise<void> {
    return this.#notifications.unlockEverything();
  }
}

function columnsOf({ identity, correlationId, container, name, hostName, startedTime, expiryTime }: UploadRecord) {
  return {
    ...identityColumns(identity),
    correlation_id: correlationId,
    container,
    name: Buffer.from(name, 'utf8'),
    host_name: hostName,
    started_time: startedTime,
    expiry_time: expiryTime,
  };
}

function recordOf(row: Selectable<Columns>): UploadRecord {
  return {
    identity: identityOf(row),
    correlationId: row.correlation_id,
    container: row.container,
    name: row.name.toString('utf8'),
    hostName: row.host_name,
    startedTime: row.started_time,
    expiryTime: row.expiry_time,
  };
}
