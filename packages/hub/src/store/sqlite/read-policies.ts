import { HubError } from '@viaduct/contracts';
import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { AccessPolicy } from '../../core/ports.ts';
import { SecretBox } from '../secret-box.ts';
import { GroupWriter } from '../sql/group-writer.ts';
import { PolicyTable } from '../sql/policy-table.ts';
import type { HubSchema } from '../sql/schema.ts';
import { asStoreRefusal } from './open-database.ts';
import { sqliteDialect } from './sqlite-driver.ts';

/**
 * The shared access policies in a file that another process owns. Reads and nothing else: `openSqliteStore` would migrate the
 * file and take every device for disconnected.
 *
 * @throws HubError store.unusable: no such file, or another encryption key
 */
export async function readPolicies(file: string, encryptionKey: Buffer): Promise<readonly AccessPolicy[]> {
  const database = openReadOnly(file);
  try {
    const reader = new Kysely<HubSchema>({ dialect: sqliteDialect(database) });
    const table = new PolicyTable(reader, new GroupWriter(reader, asStoreRefusal), new SecretBox(encryptionKey));
    return await table.list();
  } finally {
    database.close();
  }
}

function openReadOnly(file: string): Database.Database {
  try {
    return new Database(file, { readonly: true, fileMustExist: true });
  } catch (cause) {
    throw new HubError('store.unusable', `the database ${file} cannot be read: ${String(cause)}`, { cause });
  }
}
