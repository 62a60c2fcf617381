import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBPendingResultState,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
  LIST,
  StatementType,
  VARCHAR,
} from '@duckdb/node-api';
import { HubError } from '@viaduct/contracts';
import type { HistoryRows, SqlValue } from '../history.ts';
import type { HistoryStatement } from '../thread-messages.ts';

/** How long to leave the thread to others when the engine's own threads have all there is to do, ms. */
const PAUSE_MS = 1;

/**
 * Runs a statement piece by piece on this thread, beside the engine's own. `connection.run` would keep a thread of the pool that the
 * whole process shares with its files, for as long as the query takes: the hub's disk would wait for somebody's chart.
 *
 * @throws whatever the engine says; what `isStopped` throws
 */
export async function runInPieces(
  connection: DuckDBConnection,
  sql: string,
  parameters: readonly SqlValue[] = [],
  check: () => void = () => {},
): Promise<DuckDBResult> {
  const prepared = await connection.prepare(sql);
  try {
    bind(prepared, parameters);
    const pending = prepared.start();
    for (;;) {
      check();
      const state = pending.runTask();
      if (state === DuckDBPendingResultState.RESULT_READY) return await pending.getResult();
      if (state === DuckDBPendingResultState.NO_TASKS_AVAILABLE) await pause();
      else await turn();
    }
  } finally {
    prepared.destroySync();
  }
}

/** One read of a caller. Its answer is cut after `rowsMax`. @throws HubError history.unavailable for what is no SELECT */
export async function runQuery(
  connection: DuckDBConnection,
  { sql, parameters, rowsMax, parquetFile }: HistoryStatement,
  check: () => void,
): Promise<HistoryRows> {
  await requireSelect(connection, sql);
  if (parquetFile !== undefined) {
    const file = parquetFile.replaceAll("'", "''");
    await runInPieces(connection, `COPY (${sql}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`, parameters, check);
    return { columns: [], rows: [], isCut: false };
  }
  const result = await runInPieces(connection, `SELECT * FROM (${sql}) LIMIT ${rowsMax + 1}`, parameters, check);
  const rows = await rowsOf(result);
  const names = result.columnNames();
  const columns = result.columnTypes().map((type, i) => ({ name: names[i] ?? '', type: type.toString() }));
  return { columns, rows: rows.slice(0, rowsMax), isCut: rows.length > rowsMax };
}

async function requireSelect(connection: DuckDBConnection, sql: string): Promise<void> {
  const statements = await connection.extractStatements(sql);
  const [prepared] = statements.count === 1 ? [await statements.prepare(0)] : [];
  const isSelect = prepared?.statementType === StatementType.SELECT;
  prepared?.destroySync();
  if (!isSelect) throw new HubError('history.unavailable', 'the history answers one SELECT at a time');
}

function bind(prepared: DuckDBPreparedStatement, parameters: readonly SqlValue[]): void {
  for (const [i, value] of parameters.entries()) {
    const at = i + 1;
    if (value === null) prepared.bindNull(at);
    else if (typeof value === 'string') prepared.bindVarchar(at, value);
    else if (typeof value === 'boolean') prepared.bindBoolean(at, value);
    else if (typeof value === 'number') bindNumber(prepared, at, value);
    else bindList(prepared, at, value);
  }
}

/** A whole number as one: compared with a column of integers, a DOUBLE would have every row converted and none skipped. */
function bindNumber(prepared: DuckDBPreparedStatement, at: number, value: number): void {
  if (Number.isSafeInteger(value)) prepared.bindBigInt(at, BigInt(value));
  else prepared.bindDouble(at, value);
}

function bindList(prepared: DuckDBPreparedStatement, at: number, values: readonly (string | number)[]): void {
  const isText = typeof values[0] === 'string';
  const isWhole = values.every((value) => Number.isSafeInteger(value));
  const items: DuckDBValue[] = isText || !isWhole ? [...values] : values.map((value) => BigInt(value));
  prepared.bindList(at, new DuckDBListValue(items), LIST(isText ? VARCHAR : isWhole ? BIGINT : DOUBLE));
}

async function rowsOf(result: DuckDBResult): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return rows;
    const columns = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row++) rows.push(columns.map((column) => plain(column[row] ?? null)));
  }
}

/** As JSON would have it, and as threads can hand it over. */
function plain(value: DuckDBValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof DuckDBTimestampMillisecondsValue) return Number(value.millis);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return Number(value.micros / 1_000n);
  if (value instanceof DuckDBTimestampSecondsValue) return Number(value.seconds) * 1_000;
  if (value instanceof DuckDBTimestampNanosecondsValue) return Number(value.nanos / 1_000_000n);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBListValue) return value.items.map(plain);
  return value.toString();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
