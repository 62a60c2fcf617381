import type { Kysely, Selectable } from 'kysely';
import type { CaCertificateRecord, CertificateStore } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import { KnownRows } from './known-rows.ts';
import type { CertificateTable as Columns, HubSchema } from './schema.ts';

/** The registered certificate authorities: asked for with each device that relies on one. */
export class CertificateTable implements CertificateStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;
  readonly #known = new KnownRows(() => this.#read());

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  list(): Promise<readonly CaCertificateRecord[]> {
    return this.#known.list();
  }

  async find(name: string): Promise<CaCertificateRecord | undefined> {
    const row = await this.#reader.selectFrom('certificate').selectAll().where('name', '=', name).executeTakeFirst();
    return row && recordOf(row);
  }

  async insert(record: CaCertificateRecord): Promise<boolean> {
    return this.#change(async (db) => {
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('certificate')
        .values(rowOf(record))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows > 0n;
    });
  }

  async replace(record: CaCertificateRecord, expectedEtag: string): Promise<boolean> {
    return this.#change(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('certificate')
        .set(rowOf(record))
        .where('name', '=', record.name)
        .where('etag', '=', expectedEtag)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  async remove(name: string, expectedEtag: string | undefined): Promise<boolean> {
    return this.#change(async (db) => {
      const named = db.deleteFrom('certificate').where('name', '=', name);
      const asked = expectedEtag === undefined ? named : named.where('etag', '=', expectedEtag);
      const { numDeletedRows } = await asked.executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  async #change(task: (db: Kysely<HubSchema>) => Promise<boolean>): Promise<boolean> {
    try {
      return await this.#writer.write(task);
    } finally {
      this.#known.forget();
    }
  }

  async #read(): Promise<readonly CaCertificateRecord[]> {
    const rows = await this.#reader.selectFrom('certificate').selectAll().orderBy('name').execute();
    return rows.map(recordOf);
  }
}

function rowOf(record: CaCertificateRecord) {
  return {
    name: record.name,
    pem: record.pem,
    subject: record.subject,
    thumbprint: record.thumbprint,
    valid_from: record.validFrom,
    valid_to: record.validTo,
    created_time: record.createdTime,
    updated_time: record.updatedTime,
    is_verified: record.isVerified ? 1 : 0,
    verification_code: record.verificationCode,
    etag: record.etag,
  };
}

function recordOf(row: Selectable<Columns>): CaCertificateRecord {
  return {
    name: row.name,
    pem: row.pem,
    subject: row.subject,
    thumbprint: row.thumbprint,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    createdTime: row.created_time,
    updatedTime: row.updated_time,
    isVerified: row.is_verified === 1,
    verificationCode: row.verification_code,
    etag: row.etag,
  };
}
