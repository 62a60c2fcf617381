import type { GroupWriter, Randomness, SecretBox } from '@viaduct/hub';
import type { Kysely } from 'kysely';
import type { AllocationPolicy, ProvisioningSettings, SettingsStore } from '../../core/ports.ts';
import type { ProvisioningSchema } from './schema.ts';

const SECRET_BYTES = 32;
const SECRET_PLACE = 'provisioning secret';

/** The one row of settings, in memory: devices name the id scope with each request. */
export class SettingsTable implements SettingsStore {
  readonly #writer: GroupWriter<ProvisioningSchema>;
  readonly secret: Buffer;
  #settings: ProvisioningSettings;

  private constructor(writer: GroupWriter<ProvisioningSchema>, settings: ProvisioningSettings, secret: Buffer) {
    this.#writer = writer;
    this.#settings = settings;
    this.secret = secret;
  }

  /** Makes the row at the first start. @throws HubError store.unusable: another encryption key */
  static async open(
    reader: Kysely<ProvisioningSchema>,
    writer: GroupWriter<ProvisioningSchema>,
    box: SecretBox,
    random: Randomness,
  ): Promise<SettingsTable> {
    const row = await reader.selectFrom('settings').selectAll().executeTakeFirst();
    if (row !== undefined) {
      const secret = Buffer.from(box.open(row.secret, SECRET_PLACE), 'base64');
      const { id_scope: idScope, etag } = row;
      return new SettingsTable(
        writer,
        { idScope, allocationPolicy: row.allocation_policy as AllocationPolicy, etag },
        secret,
      );
    }
    const secret = random.bytes(SECRET_BYTES);
    const settings: ProvisioningSettings = {
      idScope: `0ne${random.bytes(4).toString('hex').toUpperCase()}`,
      allocationPolicy: 'hashed',
      etag: random.bytes(8).toString('hex'),
    };
    await writer.write((db) =>
      db
        .insertInto('settings')
        .values({
          id: 1,
          id_scope: settings.idScope,
          allocation_policy: settings.allocationPolicy,
          etag: settings.etag,
          secret: box.seal(secret.toString('base64'), SECRET_PLACE),
        })
        .execute(),
    );
    return new SettingsTable(writer, settings, secret);
  }

  async get(): Promise<ProvisioningSettings> {
    return this.#settings;
  }

  async replace({ allocationPolicy, etag }: ProvisioningSettings, expectedEtag: string): Promise<boolean> {
    const changed = await this.#writer.write(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('settings')
        .set({ allocation_policy: allocationPolicy, etag })
        .where('etag', '=', expectedEtag)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
    if (changed) this.#settings = { ...this.#settings, allocationPolicy, etag };
    return changed;
  }
}
