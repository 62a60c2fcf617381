import { type DeviceIdentity, type ErrorCode, LIMITS } from '@viaduct/contracts';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { ConnectionRecord, ConnectionStore, SessionTransport } from '../../core/ports.ts';
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
    const rows = JSON.stringify(records.map(rowOf));
    await this.#writer.write(async (db) => {
      await upsert(rows).execute(db);
      await prune(rows).execute(db);
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

/** In the order in which `upsert` takes them apart. */
function rowOf({ transport, remoteAddress, connectedTime, disconnectedTime, reason, ...identity }: ConnectionRecord) {
  const { device_id, module_id } = identityColumns(identity);
  const { code = null, message = null } = reason ?? {};
  return [device_id, module_id, connectedTime, disconnectedTime, transport, remoteAddress, code, message];
}

/**
 * Both statements have one parameter, the rows as JSON, whatever their number: a fleet that comes back is thousands of rows a
 * second, and a text with a parameter a value costs more to make and prepare than to run.
 */
function upsert(rows: string) {
  return sql`
    insert into connection (
      device_id, module_id, connected_time, disconnected_time, transport, remote_address, reason_code, reason_message
    )
    select
      identity.device_id, identity.module_id, stay.value ->> 2, stay.value ->> 3,
      stay.value ->> 4, stay.value ->> 5, stay.value ->> 6, stay.value ->> 7
    from json_each(${rows}) as stay
    cross join identity on identity.device_id = stay.value ->> 0 and identity.module_id = stay.value ->> 1
    where stay.value ->> 2 >= identity.created_time
    on conflict (device_id, module_id, connected_time) do update set
      disconnected_time = excluded.disconnected_time,
      transport = excluded.transport,
      remote_address = excluded.remote_address,
      reason_code = excluded.reason_code,
      reason_message = excluded.reason_message`;
}

/** When stays end, which each does once: one walk to the oldest that may be kept. */
function prune(rows: string) {
  return sql`
    with surplus as materialized (
      select saved.value ->> 0 as device_id, saved.value ->> 1 as module_id, (
        select connected_time from connection
        where device_id = saved.value ->> 0 and module_id = saved.value ->> 1
        order by connected_time desc limit 1 offset ${sql.lit(LIMITS.CONNECTIONS_PER_DEVICE_MAX)}
      ) as newest_time
      from json_each(${rows}) as saved
      where saved.value ->> 3 is not null
    )
    delete from connection where (device_id, module_id, connected_time) in (
      select c.device_id, c.module_id, c.connected_time from surplus
      cross join connection as c on c.device_id = surplus.device_id and c.module_id = surplus.module_id
      where surplus.newest_time is not null and c.connected_time <= surplus.newest_time
    )`;
}

function connectionOf(row: Selectable<Columns>): ConnectionRecord {
  const { reason_code, reason_message } = row;
  return {
    ...identityOf(row),
    transport: row.transport as SessionTransport,
    remoteAddress: row.remote_address,
    connectedTime: row.connected_time,
    disconnectedTime: row.disconnected_time,
    reason: reason_code === null ? null : { code: reason_code as ErrorCode, message: reason_message ?? '' },
  };
}
