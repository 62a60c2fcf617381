import type { GroupWriter, SecretBox } from '@viaduct/hub';
import type { Kysely } from 'kysely';
import type { AuthorityRecord, AuthorityStore, IssuedCertificate } from '../../core/ports.ts';
import type { ProvisioningSchema } from './schema.ts';

/** The authorities that sign certificates of devices, their private keys sealed; and to whom certificates were issued. */
export class AuthorityTable implements AuthorityStore {
  readonly #reader: Kysely<ProvisioningSchema>;
  readonly #writer: GroupWriter<ProvisioningSchema>;
  readonly #box: SecretBox;

  constructor(reader: Kysely<ProvisioningSchema>, writer: GroupWriter<ProvisioningSchema>, box: SecretBox) {
    this.#reader = reader;
    this.#writer = writer;
    this.#box = box;
  }

  /** @throws HubError store.unusable: a key was sealed with another encryption key, or moved */
  async list(): Promise<readonly AuthorityRecord[]> {
    const rows = await this.#reader.selectFrom('authority').selectAll().orderBy('id').execute();
    return rows.map((row) => ({
      id: row.id,
      rootId: row.root_id,
      pem: row.pem,
      privateKey: this.#box.open(row.private_key, placeOf(row.pem)),
      validFrom: row.valid_from,
      validTo: row.valid_to,
      leavesUntil: row.leaves_until,
    }));
  }

  async insert(record: Omit<AuthorityRecord, 'id'>): Promise<AuthorityRecord> {
    const { id } = await this.#writer.write((db) =>
      db
        .insertInto('authority')
        .values({
          root_id: record.rootId,
          pem: record.pem,
          private_key: this.#box.seal(record.privateKey, placeOf(record.pem)),
          valid_from: record.validFrom,
          valid_to: record.validTo,
          leaves_until: record.leavesUntil,
        })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    return { ...record, id };
  }

  async extend(id: number, leavesUntil: number): Promise<void> {
    await this.#writer.write((db) =>
      db
        .updateTable('authority')
        .set({ leaves_until: leavesUntil })
        .where('id', '=', id)
        .where('leaves_until', '<', leavesUntil)
        .execute(),
    );
  }

  async remove(id: number): Promise<void> {
    await this.#writer.write((db) => db.deleteFrom('authority').where('id', '=', id).execute());
  }

  async saveIssued({ registrationId, deviceId, validTo }: IssuedCertificate): Promise<void> {
    const row = { registration_id: registrationId, device_id: deviceId, valid_to: validTo };
    await this.#writer.write((db) => db.replaceInto('issued_certificate').values(row).execute());
  }

  async issuedTo(deviceId: string): Promise<readonly IssuedCertificate[]> {
    const rows = await this.#reader
      .selectFrom('issued_certificate')
      .selectAll()
      .where('device_id', '=', deviceId)
      .execute();
    return rows.map((row) => ({
      registrationId: row.registration_id,
      deviceId: row.device_id,
      validTo: row.valid_to,
    }));
  }

  async removeIssued(before: number): Promise<void> {
    await this.#writer.write((db) => db.deleteFrom('issued_certificate').where('valid_to', '<', before).execute());
  }
}

/** Bound to its certificate: a key that was copied to another one does not open. */
function placeOf(pem: string): string {
  return `key of the authority ${pem}`;
}
