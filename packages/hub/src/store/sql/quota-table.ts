import type { Kysely } from 'kysely';
import type { QuotaStore } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import type { HubSchema } from './schema.ts';

/** How many messages of a day are used up: one row, that of the newest day. */
export class QuotaTable implements QuotaStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async used(day: number): Promise<number> {
    const row = await this.#reader.selectFrom('quota').select('used').where('day', '=', day).executeTakeFirst();
    return row?.used ?? 0;
  }

  async save(day: number, used: number): Promise<void> {
    await this.#writer.write(async (db) => {
      await db.deleteFrom('quota').where('day', '<', day).execute();
      await db
        .insertInto('quota')
        .values({ day, used })
        .onConflict((conflict) => conflict.column('day').doUpdateSet({ used }))
        .execute();
    });
  }
}
