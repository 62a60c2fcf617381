import { HubError } from '@viaduct/contracts';
import type { Clock } from '@viaduct/hub';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { CentralSchema } from './central-schema.ts';
import { migrate } from './migrate.ts';

/** How long a writer waits for another process (the command line) that holds the file, ms. */
const BUSY_MS_MAX = 5_000;

/** The console's own file: people, sessions, one-time links, audit. Devices and messages are the hub's and the log's. */
export interface CentralStore {
  readonly tables: Kysely<CentralSchema>;
  readonly clock: Clock;
  close(): Promise<void>;
}

/**
 * Opens the file, making or upgrading it. Several processes may hold it at once. What was written survives a power cut:
 * a used one-time link must never be open again.
 *
 * @throws HubError store.unusable
 */
export async function openCentralStore(options: {
  readonly file: string;
  readonly clock: Clock;
}): Promise<CentralStore> {
  const database = openFile(options.file);
  const tables = new Kysely<CentralSchema>({ dialect: new SqliteDialect({ database }) });
  return { tables, clock: options.clock, close: () => tables.destroy() };
}

function openFile(file: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: BUSY_MS_MAX });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    migrate(database);
    return database;
  } catch (thrown) {
    database?.close();
    if (thrown instanceof HubError) throw thrown;
    throw new HubError('store.unusable', `the database ${file} cannot be opened: ${String(thrown)}`, { cause: thrown });
  }
}
