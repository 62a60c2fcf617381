import { HubError } from '@viaduct/contracts';
import type Database from 'better-sqlite3';
import { MIGRATIONS } from './migrations/migrations.ts';

/**
 * Brings a database file to this version: each script once, in order, all or none. `user_version` counts those applied.
 *
 * @throws HubError store.unusable: a newer version wrote the file, and may keep there what we would break
 */
export function migrate(database: Database.Database): void {
  // Immediate: the command line may open the same file while the server starts.
  database.transaction(() => applyMissing(database)).immediate();
}

function applyMissing(database: Database.Database): void {
  const applied = Number(database.pragma('user_version', { simple: true }));
  if (applied > MIGRATIONS.length) {
    throw new HubError(
      'store.unusable',
      `${database.name} has format ${applied}, and this version knows up to ${MIGRATIONS.length}: a newer version wrote it`,
    );
  }
  for (const script of MIGRATIONS.slice(applied)) database.exec(script);
  database.pragma(`user_version = ${MIGRATIONS.length}`);
}
