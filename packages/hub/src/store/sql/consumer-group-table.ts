import type { Kysely } from 'kysely';
import type { ConsumerGroupRecord, ConsumerGroupStore } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import type { HubSchema } from './schema.ts';

/** The consumer groups of the event hub. Read once at start: `ConsumerGroups` knows them from then on. */
export class ConsumerGroupTable implements ConsumerGroupStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async list(): Promise<readonly ConsumerGroupRecord[]> {
    const rows = await this.#reader.selectFrom('consumer_group').selectAll().orderBy('name').execute();
    return rows.map(({ name, created_time }) => ({ name, createdTime: created_time }));
  }

  async insert({ name, createdTime }: ConsumerGroupRecord): Promise<void> {
    await this.#writer.write((db) =>
      db
        .insertInto('consumer_group')
        .values({ name, created_time: createdTime })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#writer.write((db) => db.deleteFrom('consumer_group').where('name', '=', name).execute());
  }
}
