import type { AccessRole } from '@viaduct/contracts';
import type { Kysely, Selectable } from 'kysely';
import type { AccessTokenRecord, AccessTokenStore } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import type { AccessTokenTable as Columns, HubSchema } from './schema.ts';

/** Access tokens, by the hash of the token: who reads the file can use none of them. */
export class AccessTokenTable implements AccessTokenStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async list(): Promise<readonly AccessTokenRecord[]> {
    const rows = await this.#reader.selectFrom('access_token').selectAll().orderBy('name').execute();
    return rows.map(recordOf);
  }

  async findByHash(hash: Buffer): Promise<AccessTokenRecord | undefined> {
    const row = await this.#reader.selectFrom('access_token').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row && recordOf(row);
  }

  async insert(record: AccessTokenRecord): Promise<boolean> {
    const row = {
      name: record.name,
      role: record.role,
      hash: record.hash,
      created_time: record.createdTime,
      created_by: record.createdBy,
      expiry_time: record.expiryTime,
      last_used_time: record.lastUsedTime,
    };
    const { numInsertedOrUpdatedRows = 0n } = await this.#writer.write((db) =>
      db
        .insertInto('access_token')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst(),
    );
    return numInsertedOrUpdatedRows > 0n;
  }

  async remove(name: string): Promise<boolean> {
    const { numDeletedRows } = await this.#writer.write((db) =>
      db.deleteFrom('access_token').where('name', '=', name).executeTakeFirst(),
    );
    return numDeletedRows > 0n;
  }

  async saveUse(name: string, time: number): Promise<void> {
    await this.#writer.write((db) =>
      db.updateTable('access_token').set({ last_used_time: time }).where('name', '=', name).execute(),
    );
  }
}

function recordOf(row: Selectable<Columns>): AccessTokenRecord {
  return {
    name: row.name,
    role: row.role as AccessRole,
    hash: row.hash,
    createdTime: row.created_time,
    createdBy: row.created_by,
    expiryTime: row.expiry_time,
    lastUsedTime: row.last_used_time,
  };
}
