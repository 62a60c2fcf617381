import type { DeviceIdentity } from '@viaduct/contracts';
import type { Kysely } from 'kysely';
import type { SubscriptionStore } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import { identityColumns } from './identity-columns.ts';
import type { HubSchema } from './schema.ts';

/** What an MQTT session with cleanSession=0 subscribed to. */
export class SubscriptionTable implements SubscriptionStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async find(identity: DeviceIdentity): Promise<ReadonlyMap<string, 0 | 1> | undefined> {
    const { device_id, module_id } = identityColumns(identity);
    const row = await this.#reader
      .selectFrom('subscription')
      .select('filters')
      .where('device_id', '=', device_id)
      .where('module_id', '=', module_id)
      .executeTakeFirst();
    return row === undefined ? undefined : new Map(JSON.parse(row.filters) as [string, 0 | 1][]);
  }

  async save(identity: DeviceIdentity, subscriptions: ReadonlyMap<string, 0 | 1>): Promise<void> {
    const filters = JSON.stringify([...subscriptions]);
    await this.#writer.write((db) =>
      db
        .insertInto('subscription')
        .values({ ...identityColumns(identity), filters })
        .onConflict((conflict) => conflict.columns(['device_id', 'module_id']).doUpdateSet({ filters }))
        .execute(),
    );
  }

  async remove(identity: DeviceIdentity): Promise<void> {
    const { device_id, module_id } = identityColumns(identity);
    // Most devices connect with cleanSession=1 and have nothing to remove: that must not cost a flush to disk.
    if ((await this.find(identity)) === undefined) return;
    await this.#writer.write((db) =>
      db.deleteFrom('subscription').where('device_id', '=', device_id).where('module_id', '=', module_id).execute(),
    );
  }
}
