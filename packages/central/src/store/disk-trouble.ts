import { HubError } from '@viaduct/contracts';
import Database from 'better-sqlite3';

const OF_SQLITE = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_BUSY'];
const OF_FILES = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO'];

/** The refusal that a full or failing disk is; undefined for any other error. */
export function findDiskTrouble(thrown: unknown): HubError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  if (thrown instanceof Database.SqliteError) {
    if (!OF_SQLITE.some((name) => code.startsWith(name))) return undefined;
    return new HubError('store.unavailable', `the console's database cannot write: ${message}`, { cause: thrown });
  }
  if (!OF_FILES.includes(code)) return undefined;
  return new HubError('store.unavailable', `a file cannot be kept: ${message}`, { cause: thrown });
}
