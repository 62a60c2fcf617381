import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDecimalValue,
  DuckDBListValue,
  type DuckDBPendingResult,
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
  VARCHAR,
} from '@duckdb/node-api';
import type { HistoryRows, SqlValue } from '../history.ts';
import type { HistoryStatement } from '../thread-messages.ts';

/** How long a query may keep the thread before others have their turn, ms: most are answered in one. */
const QUERY_TURN_MS = 10;
/** How long to sleep when the engine's own threads have all there is to do, ms. */
const SLEEP_MS = 0.2;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

export interface Pieces {
  readonly parameters?: readonly SqlValue[];
  /** Throws when it shall end. */
  readonly check?: () => void;
  /** How long it may keep the thread before others have their turn, ms. */
  readonly turnMs: number;
}

/**
 * Runs a statement piece by piece on this thread, beside the engine's own. `connection.run` would keep a thread of the pool that the
 * whole process shares with its files, for as long as the query takes: the hub's disk would wait for somebody's chart.
 *
 * @throws whatever the engine says; what `check` throws
 */
export async function runInPieces(
  connection: DuckDBConnection,
  sql: string,
  { parameters = [], check = () => {}, turnMs }: Pieces,
): Promise<DuckDBResult> {
  const prepared = await connection.prepare(sql);
  try {
    bind(prepared, parameters);
    const pending = prepared.start();
    for (;;) {
      check();
      if (runUntil(pending, performance.now() + turnMs)) return await pending.getResult();
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    prepared.destroySync();
  }
}

/** @returns whether the result is there */
function runUntil(pending: DuckDBPendingResult, end: number): boolean {
  do {
    const state = pending.runTask();
    if (state === DuckDBPendingResultState.RESULT_READY) return true;
    if (state === DuckDBPendingResultState.NO_TASKS_AVAILABLE) Atomics.wait(sleeper, 0, 0, SLEEP_MS);
  } while (performance.now() < end);
  return false;
}

/** One read of a caller: one SELECT, or the engine refuses it. Its answer is cut after `rowsMax`. */
export async function runQuery(
  connection: DuckDBConnection,
  { sql, parameters, rowsMax, parquetFile }: HistoryStatement,
  check: () => void,
): Promise<HistoryRows> {
  const pieces = { parameters, check, turnMs: QUERY_TURN_MS };
  if (parquetFile !== undefined) {
    const file = parquetFile.replaceAll("'", "''");
    await runInPieces(connection, `COPY (${sql}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`, pieces);
    return { columns: [], rows: [], isCut: false };
  }
  const result = await runInPieces(connection, `SELECT * FROM (${sql}) LIMIT ${rowsMax + 1}`, pieces);
  const rows = await rowsOf(result);
  const names = result.columnNames();
  const columns = result.columnTypes().map((type, i) => ({ name: names[i] ?? '', type: type.toString() }));
  return { columns, rows: rows.slice(0, rowsMax), isCut: rows.length > rowsMax };
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
