import { HubError } from '@viaduct/contracts';
import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import { sqliteDialect } from './sqlite-driver.ts';

/** Two connections to one file: with a write-ahead log readers and the writer do not wait for each other. */
export interface OpenDatabase<Schema> {
  readonly writer: Kysely<Schema>;
  readonly reader: Kysely<Schema>;
  close(): void;
}

/**
 * Everything that is SQLite's own and not SQL: files, pragmas, migrations, error names. Script n of `migrations` brings a file from
 * format n to n + 1.
 *
 * @throws HubError store.unusable: the file cannot be opened, or is of a newer version
 */
export function openDatabase<Schema>(file: string, migrations: readonly string[]): OpenDatabase<Schema> {
  const writing = openFile(file, false);
  try {
    migrate(writing, migrations);
  } catch (error) {
    writing.close();
    throw error;
  }
  const reading = openFile(file, true);
  return {
    writer: new Kysely<Schema>({ dialect: sqliteDialect(writing) }),
    reader: new Kysely<Schema>({ dialect: sqliteDialect(reading) }),
    close() {
      reading.close();
      // Last, because the last connection to close folds the write-ahead log into the file.
      writing.close();
    },
  };
}

/** What a caller may hear of a driver's error: a disk that is full or failing is a refusal, anything else our fault. */
export function asStoreRefusal(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const family = DISK_TROUBLE.find((name) => error.code.startsWith(name));
  if (family === undefined) return error;
  return new HubError('store.unavailable', `the database cannot write: ${error.message}`, { cause: error });
}

const DISK_TROUBLE = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_BUSY'];
const BUSY_MS = 5_000;

function openFile(file: string, readonly: boolean): Database.Database {
  try {
    const database = new Database(file, { readonly, timeout: BUSY_MS });
    if (readonly) return database;
    database.pragma('journal_mode = WAL');
    // FULL: what was acknowledged survives a power cut. NORMAL would keep the file whole and lose the last commits.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    return database;
  } catch (cause) {
    throw new HubError('store.unusable', `the database ${file} cannot be opened: ${String(cause)}`, { cause });
  }
}

function migrate(database: Database.Database, migrations: readonly string[]): void {
  database.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
  const row = database.prepare('SELECT max(version) AS version FROM schema_version').get() as {
    version: number | null;
  };
  const stored = row.version ?? 0;
  if (stored > migrations.length) {
    const text = `the database has format ${stored}, and this version knows up to ${migrations.length}: it was written by a newer version`;
    throw new HubError('store.unusable', text);
  }
  for (let version = stored + 1; version <= migrations.length; version++) {
    database.transaction(() => {
      database.exec(migrations[version - 1] ?? '');
      database.prepare('INSERT INTO schema_version (version) VALUES (?)').run(version);
    })();
  }
}
