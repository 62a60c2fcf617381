import { rmSync, statSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { HubError } from '@viaduct/contracts';
import type { HistorySettings } from '../thread-messages.ts';
import { HISTORY_MIGRATIONS } from './migrations/migrations.ts';

/** The write-ahead log is folded into the file when it is larger: what a start after a crash has to read. */
const CHECKPOINT_BYTES = 32 * 1_048_576;

export interface HistoryDatabase {
  /** What writes points; upkeep and queries have connections of their own. */
  readonly writer: DuckDBConnection;
  readonly upkeep: DuckDBConnection;
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/**
 * Opens the file, making or upgrading it. Only one thread of one process may: DuckDB's lock keeps other processes out, and nothing keeps
 * a second instance of the same process from ruining it.
 *
 * @throws HubError store.unusable
 */
export async function openHistoryDatabase(
  file: string,
  { memoryBytes, threads }: HistorySettings,
): Promise<HistoryDatabase> {
  let instance: DuckDBInstance | undefined;
  try {
    const temporary = `${file}.tmp`;
    rmSync(temporary, { recursive: true, force: true });
    // A power cut while it was made: nothing was ever in it.
    if (statSync(file, { throwIfNoEntry: false })?.size === 0) rmSync(file);
    instance = await DuckDBInstance.create(file, {
      threads: String(threads),
      memory_limit: `${memoryBytes}B`,
      temp_directory: temporary,
      checkpoint_threshold: `${CHECKPOINT_BYTES}B`,
      // Everything that is used is built in; nothing is ever fetched.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    return await opened(instance);
  } catch (thrown) {
    instance?.closeSync();
    if (thrown instanceof HubError) throw thrown;
    const advice =
      'where it is damaged, stop the server and move it away with its .wal: what the log holds is read again';
    throw new HubError('store.unusable', `the history ${file} cannot be opened: ${String(thrown)}; ${advice}`, {
      cause: thrown,
    });
  }
}

async function opened(instance: DuckDBInstance): Promise<HistoryDatabase> {
  const writer = await instance.connect();
  await migrate(writer);
  const connections = [writer];
  const connect = async () => {
    const connection = await instance.connect();
    connections.push(connection);
    return connection;
  };
  const close = () => {
    for (const connection of connections) connection.closeSync();
    instance.closeSync();
  };
  return { writer, upkeep: await connect(), connect, close };
}

/** Each script once, in order, in a transaction. @throws HubError store.unusable: a newer version wrote the file */
async function migrate(writer: DuckDBConnection): Promise<void> {
  await writer.run('CREATE TABLE IF NOT EXISTS schema_version (version UINTEGER NOT NULL)');
  const [[version] = []] = (await writer.runAndReadAll('SELECT max(version) FROM schema_version')).getRows();
  const applied = Number(version ?? 0);
  if (applied > HISTORY_MIGRATIONS.length) {
    throw new HubError(
      'store.unusable',
      `the history has version ${applied}, and this server knows none past ${HISTORY_MIGRATIONS.length}`,
    );
  }
  for (const [i, script] of HISTORY_MIGRATIONS.entries()) {
    if (i < applied) continue;
    await inTransaction(writer, async () => {
      await writer.run(script);
      await writer.run(`INSERT INTO schema_version VALUES (${i + 1})`);
    });
  }
}

/** All of it, or nothing. */
export async function inTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN');
  try {
    const result = await work();
    await connection.run('COMMIT');
    return result;
  } catch (thrown) {
    // After a fault of the file itself this fails too; what was thrown first says more.
    await connection.run('ROLLBACK').catch(() => {});
    throw thrown;
  }
}
