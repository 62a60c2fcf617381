import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';

/** The engine's own vector size: a chunk holds no more. */
const CHUNK_ROWS = 2_048;

/** Rows at the end of a table, in the transaction that is under way: many times faster than statements. */
export function appendRows(
  writer: DuckDBConnection,
  table: string,
  types: readonly DuckDBType[],
  rows: readonly (readonly DuckDBValue[])[],
): Promise<void> {
  return appendTo(writer, table, (appender) => {
    for (let at = 0; at < rows.length; at += CHUNK_ROWS) {
      const some = rows.slice(at, at + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(types, some.length);
      chunk.setRows(some);
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  });
}

export async function appendTo(
  writer: DuckDBConnection,
  table: string,
  write: (appender: DuckDBAppender) => void,
): Promise<void> {
  const appender = await writer.createAppender(table);
  try {
    write(appender);
  } finally {
    appender.closeSync();
  }
}
