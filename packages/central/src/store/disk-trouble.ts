import { HubError } from '@viaduct/contracts';
import Database from 'better-sqlite3';

const DISK_TROUBLE = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_BUSY'];

/** The refusal that a full or failing disk is; undefined for any other error. */
export function findDiskTrouble(thrown: unknown): HubError | undefined {
  if (!(thrown instanceof Database.SqliteError)) return undefined;
  const { code, message } = thrown;
  if (!DISK_TROUBLE.some((name) => code.startsWith(name))) return undefined;
  return new HubError('store.unavailable', `the console's database cannot write: ${message}`, { cause: thrown });
}
