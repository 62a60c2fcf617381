import { BOOLEAN, type DuckDBConnection, DuckDBDataChunk, UBIGINT, VARCHAR } from '@duckdb/node-api';

/** A device or module came or left. */
export interface ConnectionChange {
  readonly key: string;
  readonly generationId: string;
  readonly time: number;
  readonly isConnected: boolean;
}

/** The engine's own vector size. */
const CHUNK_ROWS = 2_048;

export async function appendConnectionChanges(
  writer: DuckDBConnection,
  changes: readonly ConnectionChange[],
): Promise<void> {
  const appender = await writer.createAppender('connection_change');
  try {
    for (let at = 0; at < changes.length; at += CHUNK_ROWS) {
      const some = changes.slice(at, at + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create([VARCHAR, VARCHAR, UBIGINT, BOOLEAN], some.length);
      chunk.setRows(
        some.map(({ key, generationId, time, isConnected }) => [key, generationId, BigInt(time), isConnected]),
      );
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

/** What is too old; of each device the newest of those stays, for it says how it was from then on. */
export async function retainConnectionChanges(writer: DuckDBConnection, oldestTime: number): Promise<void> {
  await writer.run(
    `DELETE FROM connection_change USING (
       SELECT identity AS i, max(time) AS newest FROM connection_change WHERE time < ${oldestTime} GROUP BY identity
     ) AS old WHERE identity = i AND time < newest`,
  );
}
