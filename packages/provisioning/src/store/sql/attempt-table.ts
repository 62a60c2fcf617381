import { LIMITS } from '@viaduct/contracts';
import type { GroupWriter } from '@viaduct/hub';
import type { Kysely, Selectable } from 'kysely';
import type { AttemptRecord, AttemptStore } from '../../core/ports.ts';
import type { AttemptColumns, ProvisioningSchema } from './schema.ts';

/** The newest attempts to be provisioned, of all devices together. */
export class AttemptTable implements AttemptStore {
  readonly #reader: Kysely<ProvisioningSchema>;
  readonly #writer: GroupWriter<ProvisioningSchema>;

  constructor(reader: Kysely<ProvisioningSchema>, writer: GroupWriter<ProvisioningSchema>) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async list({
    before,
    registrationId,
    enrollment,
    limit,
  }: Parameters<AttemptStore['list']>[0]): Promise<readonly AttemptRecord[]> {
    let query = this.#reader.selectFrom('attempt').selectAll();
    if (before !== undefined) query = query.where('id', '<', before);
    if (registrationId !== undefined) query = query.where('registration_id', '=', registrationId);
    if (enrollment !== undefined) {
      query = query.where('enrollment_kind', '=', enrollment.kind).where('enrollment_id', '=', enrollment.id);
    }
    const rows = await query.orderBy('id', 'desc').limit(limit).execute();
    return rows.map(recordOf);
  }

  async save(attempts: readonly AttemptRecord[]): Promise<void> {
    const last = attempts.at(-1);
    if (last === undefined) return;
    await this.#writer.write(async (db) => {
      await db.insertInto('attempt').values(attempts.map(rowOf)).execute();
      // Ids have no gaps but those of a flood, in which there is more to forget anyhow.
      await db
        .deleteFrom('attempt')
        .where('id', '<=', last.id - LIMITS.ATTEMPTS_MAX)
        .execute();
    });
  }

  async lastId(): Promise<number> {
    const last = this.#reader.selectFrom('attempt').select((eb) => eb.fn.max('id').as('id'));
    return (await last.executeTakeFirst())?.id ?? 0;
  }
}

function rowOf({ id, time, registrationId, enrollmentKind, enrollmentId, ...facts }: AttemptRecord): AttemptColumns {
  return {
    id,
    time,
    registration_id: registrationId,
    enrollment_kind: enrollmentKind,
    enrollment_id: enrollmentId,
    facts: JSON.stringify(facts),
  };
}

function recordOf(row: Selectable<AttemptColumns>): AttemptRecord {
  return {
    ...(JSON.parse(row.facts) as Omit<
      AttemptRecord,
      'id' | 'time' | 'registrationId' | 'enrollmentKind' | 'enrollmentId'
    >),
    id: row.id,
    time: row.time,
    registrationId: row.registration_id,
    enrollmentKind: row.enrollment_kind as AttemptRecord['enrollmentKind'],
    enrollmentId: row.enrollment_id,
  };
}
