import { HubError } from '@viaduct/contracts';
import Database from 'better-sqlite3';
import { DIRECTORY_MIGRATIONS } from './directory-schema.ts';

/** How long one thread waits for the other, ms: a batch takes a few. */
const BUSY_MS_MAX = 5_000;

/**
 * Opens the file, making or upgrading it. After a power cut the last moments may be missing and the file is whole: what the log and the hub
 * say is read again then.
 *
 * @throws HubError store.unusable
 */
export function openDirectoryFile(file: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: BUSY_MS_MAX });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    // 64 MiB, and 40 MiB of changes before they are moved into the file: changes come from all over a fleet, and a page is written once for many.
    database.pragma('cache_size = -65536');
    database.pragma('wal_autocheckpoint = 10000');
    migrate(database);
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof HubError) throw cause;
    throw new HubError('store.unusable', `the database ${file} cannot be opened: ${String(cause)}`, { cause });
  }
}

function migrate(database: Database.Database): void {
  database
    .transaction(() => {
      const applied = Number(database.pragma('user_version', { simple: true }));
      if (applied > DIRECTORY_MIGRATIONS.length) {
        throw new HubError(
          'store.unusable',
          `${database.name} was written by a newer version: its format is ${applied}`,
        );
      }
      for (const script of DIRECTORY_MIGRATIONS.slice(applied)) database.exec(script);
      database.pragma(`user_version = ${DIRECTORY_MIGRATIONS.length}`);
    })
    .immediate();
}
