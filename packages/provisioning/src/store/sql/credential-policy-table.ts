import { type GroupWriter, KnownRows } from '@viaduct/hub';
import type { Kysely, Selectable } from 'kysely';
import type { CertificateKeyType, CredentialPolicyRecord, CredentialPolicyStore } from '../../core/ports.ts';
import type { CredentialPolicyColumns, ProvisioningSchema } from './schema.ts';

/** The credential policies: few, and asked for with each certificate. */
export class CredentialPolicyTable implements CredentialPolicyStore {
  readonly #writer: GroupWriter<ProvisioningSchema>;
  readonly #known: KnownRows<CredentialPolicyRecord>;

  constructor(reader: Kysely<ProvisioningSchema>, writer: GroupWriter<ProvisioningSchema>) {
    this.#writer = writer;
    this.#known = new KnownRows(async () => {
      const rows = await reader.selectFrom('credential_policy').selectAll().orderBy('name').execute();
      return rows.map(recordOf);
    });
  }

  list(): Promise<readonly CredentialPolicyRecord[]> {
    return this.#known.list();
  }

  async find(name: string): Promise<CredentialPolicyRecord | undefined> {
    const wanted = name.toLowerCase();
    return (await this.#known.list()).find((record) => record.name.toLowerCase() === wanted);
  }

  insert(record: CredentialPolicyRecord): Promise<boolean> {
    return this.#change(async (db) => {
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('credential_policy')
        .values(rowOf(record))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows > 0n;
    });
  }

  replace(record: CredentialPolicyRecord, expectedEtag: string): Promise<boolean> {
    return this.#change(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('credential_policy')
        .set(rowOf(record))
        .where('name', '=', record.name)
        .where('etag', '=', expectedEtag)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  remove(name: string, expectedEtag: string | undefined): Promise<boolean> {
    return this.#change(async (db) => {
      let query = db.deleteFrom('credential_policy').where('name', '=', name);
      if (expectedEtag !== undefined) query = query.where('etag', '=', expectedEtag);
      return (await query.executeTakeFirst()).numDeletedRows > 0n;
    });
  }

  async #change<T>(task: (db: Kysely<ProvisioningSchema>) => Promise<T>): Promise<T> {
    try {
      return await this.#writer.write(task);
    } finally {
      this.#known.forget();
    }
  }
}

function rowOf(record: CredentialPolicyRecord) {
  return {
    name: record.name,
    validity_days: record.validityDays,
    key_types: JSON.stringify(record.keyTypes),
    created_time: record.createdTime,
    updated_time: record.updatedTime,
    etag: record.etag,
  };
}

function recordOf(row: Selectable<CredentialPolicyColumns>): CredentialPolicyRecord {
  return {
    name: row.name,
    validityDays: row.validity_days,
    keyTypes: JSON.parse(row.key_types) as CertificateKeyType[],
    createdTime: row.created_time,
    updatedTime: row.updated_time,
    etag: row.etag,
  };
}
