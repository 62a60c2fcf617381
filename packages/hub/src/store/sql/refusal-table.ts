import { type ErrorCode, LIMITS } from '@viaduct/contracts';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { RefusalRecord, RefusalStore, Transport } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import type { RefusalTable as Columns, HubSchema } from './schema.ts';

/** The newest refusals of each device, and of those who claimed no valid id; bounded per device and in all. */
export class RefusalTable implements RefusalStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async list(deviceId: string | null): Promise<readonly RefusalRecord[]> {
    const rows = await this.#reader
      .selectFrom('refusal')
      .selectAll()
      .where('device_id', '=', deviceId ?? '')
      .orderBy('last_time', 'desc')
      .orderBy('id', 'desc')
      .limit(LIMITS.REFUSALS_PER_DEVICE_MAX)
      .execute();
    return rows.map(refusalOf);
  }

  async save(refusals: readonly RefusalRecord[]): Promise<void> {
    if (refusals.length === 0) return;
    await this.#writer.write(async (db) => {
      await upsert(db, refusals);
      await pruneDevices(db, [...new Set(refusals.map((refusal) => refusal.deviceId ?? ''))]);
      await pruneAll(db);
    });
  }
}

async function upsert(db: Kysely<HubSchema>, refusals: readonly RefusalRecord[]): Promise<void> {
  await db
    .insertInto('refusal')
    .values(refusals.map(columnsOf))
    .onConflict((conflict) =>
      conflict.columns(['device_id', 'code', 'transport', 'remote_address', 'first_time']).doUpdateSet((eb) => ({
        last_time: eb.ref('excluded.last_time'),
        message: eb.ref('excluded.message'),
        count: eb.ref('excluded.count'),
      })),
    )
    .execute();
}

async function pruneDevices(db: Kysely<HubSchema>, deviceIds: readonly string[]): Promise<void> {
  const ranked = db
    .selectFrom('refusal')
    .select(['id', sql<number>`row_number() over (partition by device_id order by last_time desc, id desc)`.as('rank')])
    .where('device_id', 'in', deviceIds)
    .as('ranked');
  await db
    .deleteFrom('refusal')
    .where('id', 'in', (eb) =>
      eb.selectFrom(ranked).select('ranked.id').where('ranked.rank', '>', LIMITS.REFUSALS_PER_DEVICE_MAX),
    )
    .execute();
}

async function pruneAll(db: Kysely<HubSchema>): Promise<void> {
  const surplus = await db
    .selectFrom('refusal')
    .select('id')
    .orderBy('id', 'desc')
    .offset(LIMITS.REFUSALS_MAX)
    .limit(1)
    .executeTakeFirst();
  if (surplus !== undefined) await db.deleteFrom('refusal').where('id', '<=', surplus.id).execute();
}

function columnsOf(refusal: RefusalRecord) {
  return {
    device_id: refusal.deviceId ?? '',
    code: refusal.code,
    transport: refusal.transport,
    remote_address: refusal.remoteAddress,
    first_time: refusal.firstTime,
    last_time: refusal.lastTime,
    message: refusal.message,
    count: refusal.count,
  };
}

function refusalOf(row: Selectable<Columns>): RefusalRecord {
  return {
    deviceId: row.device_id === '' ? null : row.device_id,
    code: row.code as ErrorCode,
    message: row.message,
    transport: row.transport as Transport,
    remoteAddress: row.remote_address,
    firstTime: row.first_time,
    lastTime: row.last_time,
    count: row.count,
  };
}
