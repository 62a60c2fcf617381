import { type DeviceIdentity, type ErrorCode, identityKey, LIMITS } from '@viaduct/contracts';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { ConnectionRecord, ConnectionStore, Transport } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import { identityColumns, identityOf } from './identity-columns.ts';
import type { ConnectionTable as Columns, HubSchema } from './schema.ts';

/** The newest stays of each identity. Nothing is kept of an identity that is gone, nor of a namesake before it. */
export class ConnectionTable implements ConnectionStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async list(identity: DeviceIdentity): Promise<readonly ConnectionRecord[]> {
    const { device_id, module_id } = identityColumns(identity);
    const rows = await this.#reader
      .selectFrom('connection')
      .selectAll()
      .where('device_id', '=', device_id)
      .where('module_id', '=', module_id)
      .orderBy('connected_time', 'desc')
      .limit(LIMITS.CONNECTIONS_PER_DEVICE_MAX)
      .execute();
    return rows.map(connectionOf);
  }

  async save(records: readonly ConnectionRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#writer.write(async (db) => {
      const rows = (await ofExistingIdentities(db, records)).map(columnsOf);
      if (rows.length === 0) return;
      await upsert(db, rows);
      await prune(db, rows);
    });
  }

  async endAll(
    now: number,
    reason: { readonly code: ErrorCode; readonly message: string },
  ): Promise<readonly ConnectionRecord[]> {
    const ended = await this.#writer.write((db) =>
      db
        .updateTable('connection')
        .set((eb) => ({
          // A clock that was set back makes no stay end before it began.
          disconnected_time: sql<number>`max(${eb.ref('connected_time')}, ${now})`,
          reason_code: reason.code,
          reason_message: reason.message,
        }))
        .where('disconnected_time', 'is', null)
        .returningAll()
        .execute(),
    );
    return ended.map(connectionOf);
  }
}

type Row = ReturnType<typeof columnsOf>;

async function ofExistingIdentities(
  db: Kysely<HubSchema>,
  records: readonly ConnectionRecord[],
): Promise<readonly ConnectionRecord[]> {
  const rows = await db
    .selectFrom('identity')
    .select(['device_id', 'module_id', 'created_time'])
    .where('device_id', 'in', [...new Set(records.map(({ deviceId }) => deviceId))])
    .execute();
  const createdTimes = new Map(rows.map((row) => [identityKey(identityOf(row)), row.created_time]));
  return records.filter((record) => record.connectedTime >= (createdTimes.get(identityKey(record)) ?? Infinity));
}

async function upsert(db: Kysely<HubSchema>, rows: readonly Row[]): Promise<void> {
  await db
    .insertInto('connection')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['device_id', 'module_id', 'connected_time']).doUpdateSet((eb) => ({
        disconnected_time: eb.ref('excluded.disconnected_time'),
        transport: eb.ref('excluded.transport'),
        remote_address: eb.ref('excluded.remote_address'),
        reason_code: eb.ref('excluded.reason_code'),
        reason_message: eb.ref('excluded.reason_message'),
      })),
    )
    .execute();
}

/** In one statement, with one step into the index per identity: a whole fleet may have come back in this batch. */
async function prune(db: Kysely<HubSchema>, rows: readonly Row[]): Promise<void> {
  const identities = new Map(
    rows.map(({ device_id, module_id }) => [`${device_id}/${module_id}`, [device_id, module_id]]),
  );
  await sql`
    with surplus as materialized (
      select touched.value ->> 0 as device_id, touched.value ->> 1 as module_id, (
        select connected_time from connection
        where device_id = touched.value ->> 0 and module_id = touched.value ->> 1
        order by connected_time desc limit 1 offset ${LIMITS.CONNECTIONS_PER_DEVICE_MAX}
      ) as newest_time
      from json_each(${JSON.stringify([...identities.values()])}) as touched
    )
    delete from connection where (device_id, module_id, connected_time) in (
      select c.device_id, c.module_id, c.connected_time from surplus
      join connection as c on c.device_id = surplus.device_id and c.module_id = surplus.module_id
      where surplus.newest_time is not null and c.connected_time <= surplus.newest_time
    )`.execute(db);
}

function columnsOf(record: ConnectionRecord) {
  return {
    ...identityColumns(record),
    connected_time: record.connectedTime,
    disconnected_time: record.disconnectedTime,
    transport: record.transport,
    remote_address: record.remoteAddress,
    reason_code: record.reason?.code ?? null,
    reason_message: record.reason?.message ?? null,
  };
}

function connectionOf(row: Selectable<Columns>): ConnectionRecord {
  const { reason_code, reason_message } = row;
  return {
    ...identityOf(row),
    transport: row.transport as Transport,
    remoteAddress: row.remote_address,
    connectedTime: row.connected_time,
    disconnectedTime: row.disconnected_time,
    reason: reason_code === null ? null : { code: reason_code as ErrorCode, message: reason_message ?? '' },
  };
}
