import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBListValue,
  LIST,
  VARCHAR,
} from '@duckdb/node-api';
import type { History, HistoryRead, HistoryRows, Series, SqlValue } from '../history/history.ts';
import { PointType } from '../history/history-schema.ts';
import type { FindsSeries } from '../language/name-book.ts';

/** The engine of the history with the tables of history-schema.ts in memory, filled by hand. */
export class MemoryHistory implements FindsSeries, Pick<History, 'query' | 'writeParquet'> {
  readonly connection: DuckDBConnection;
  readonly #series: Series[] = [];
  readonly #instance: DuckDBInstance;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.connection = connection;
  }

  static async open(): Promise<MemoryHistory> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
    const connection = await instance.connect();
    await connection.run(TABLES);
    return new MemoryHistory(instance, connection);
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }

  async addSeries(deviceId: string, name: string, component = '', moduleId = ''): Promise<number> {
    const [known] = this.seriesNamed({ moduleId, component, name }, [deviceId]);
    if (known !== undefined) return known.seriesId;
    const seriesId = this.#series.length + 1;
    this.#series.push({ seriesId, deviceId, moduleId, component, name });
    await this.connection.run('INSERT INTO series VALUES (?, ?, ?, ?, ?)', [
      seriesId,
      deviceId,
      moduleId,
      component,
      name,
    ]);
    return seriesId;
  }

  /** One message: values by name, or by `component.name` where that begins with a dot's left side in `components`. */
  async say(
    deviceId: string,
    time: number,
    values: Readonly<Record<string, unknown>>,
    component = '',
    moduleId = '',
  ): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      const seriesId = await this.addSeries(deviceId, name, component, moduleId);
      const { type, number, text } = pointOf(value);
      await this.connection.run(
        'INSERT INTO points VALUES (?, make_timestamp_ms(?::BIGINT)::TIMESTAMP_MS, make_timestamp_ms(?::BIGINT)::TIMESTAMP_MS, 0, ?, ?, ?)',
        [seriesId, BigInt(time), BigInt(time), type, number, text],
      );
    }
  }

  /** Very many numbers, a sine with one spike of 1,000 in it. */
  async fill(
    seriesId: number,
    { from, stepMs, count }: { from: number; stepMs: number; count: number },
  ): Promise<void> {
    await this.connection.run(
      `INSERT INTO points SELECT ?, make_timestamp_ms(?::BIGINT + i * ?)::TIMESTAMP_MS, make_timestamp_ms(?::BIGINT + i * ?)::TIMESTAMP_MS, 0, 1,
       CASE WHEN i = ? THEN 1000 ELSE sin(i / 1000.0) END, NULL FROM range(?) t(i)`,
      [seriesId, BigInt(from), stepMs, BigInt(from), stepMs, Math.floor(count / 3), count],
    );
  }

  seriesNamed(
    { moduleId = '', component = '', name }: { moduleId?: string; component?: string; name: string },
    deviceIds?: readonly string[],
  ): readonly Series[] {
    return this.#series.filter(
      (each) =>
        each.name === name &&
        each.component === component &&
        each.moduleId === moduleId &&
        (deviceIds?.includes(each.deviceId) ?? true),
    );
  }

  async query(sql: string, parameters: readonly SqlValue[], { rowsMax }: HistoryRead): Promise<HistoryRows> {
    const prepared = await this.#prepared(`SELECT * FROM (${sql}) LIMIT ${rowsMax + 1}`, parameters);
    const reader = await prepared.runAndReadAll();
    const rows = reader.getRows().map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)));
    const columns = reader.columnNames().map((name, index) => ({ name, type: reader.columnType(index).toString() }));
    return { columns, rows: rows.slice(0, rowsMax), isCut: rows.length > rowsMax };
  }

  async writeParquet(sql: string, parameters: readonly SqlValue[], file: string): Promise<void> {
    await (await this.#prepared(`COPY (${sql}) TO '${file}' (FORMAT parquet)`, parameters)).run();
  }

  async #prepared(sql: string, parameters: readonly SqlValue[]) {
    const prepared = await this.connection.prepare(sql);
    for (const [index, value] of parameters.entries()) {
      const at = index + 1;
      if (value === null) prepared.bindNull(at);
      else if (typeof value === 'string') prepared.bindVarchar(at, value);
      else if (typeof value === 'boolean') prepared.bindBoolean(at, value);
      else if (typeof value !== 'number') prepared.bindList(at, ...listOf(value));
      else if (Number.isSafeInteger(value)) prepared.bindBigInt(at, BigInt(value));
      else prepared.bindDouble(at, value);
    }
    return prepared;
  }
}

function listOf(values: readonly (string | number)[]) {
  if (typeof values[0] === 'string') return [new DuckDBListValue([...values]), LIST(VARCHAR)] as const;
  const isWhole = values.every((value) => Number.isSafeInteger(value));
  const items = values.map((value) => (isWhole ? BigInt(value) : value));
  return [new DuckDBListValue(items), LIST(isWhole ? BIGINT : DOUBLE)] as const;
}

function pointOf(value: unknown) {
  if (typeof value === 'number') return { type: PointType.number, number: value, text: null };
  if (typeof value === 'boolean') return { type: PointType.boolean, number: value ? 1 : 0, text: null };
  if (typeof value === 'string') return { type: PointType.string, number: null, text: value };
  return { type: PointType.json, number: null, text: JSON.stringify(value) };
}

const TABLES = `
CREATE TABLE points (series_id UINTEGER, time TIMESTAMP_MS, enqueued_time TIMESTAMP_MS, seq USMALLINT, type UTINYINT, number DOUBLE, text VARCHAR);
CREATE VIEW points_sample AS SELECT * FROM points TABLESAMPLE SYSTEM (5 PERCENT);
CREATE TABLE series (series_id UINTEGER, device_id VARCHAR, module_id VARCHAR, component VARCHAR, name VARCHAR);
`;
