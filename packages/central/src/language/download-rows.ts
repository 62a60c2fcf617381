import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type HistoryDownload, HubError, LIMITS } from '@viaduct/contracts';
import { PointType } from '../history/history-schema.ts';
import { planSeries } from './answer-series.ts';
import { csvRow } from './csv-rows.ts';
import { decodeRow } from './decode-rows.ts';
import { formatCentralQuery } from './format-central-query.ts';
import { runPropertyQuery } from './property-query.ts';
import { type PreparedQuery, prepareQuery, type QueryParts } from './run-central-query.ts';
import { queryOfSeries } from './series-query.ts';
import { joinSql, name, quotedName, type Sql, sql, wholeNumbers } from './sql.ts';
import { type Compiled, compileTelemetry, type OutputColumn } from './telemetry-sql.ts';

/**
 * All rows of a query, as a file that is streamed. The store writes them into a temporary file first, so a slow reader holds nothing but
 * that; it is gone when the stream ends, whichever way.
 *
 * @throws as runCentralQuery; query.limitExceeded past LIMITS.CENTRAL_DOWNLOAD_ROWS_MAX rows
 */
export async function downloadRows(
  parts: QueryParts,
  request: HistoryDownload,
  signal?: AbortSignal,
): Promise<Readable> {
  const prepared = await prepareDownload(parts, request);
  const folder = await mkdtemp(join(tmpdir(), 'viaduct-download-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const rows =
      prepared.kind === 'properties'
        ? await propertyRows(parts, prepared)
        : await telemetryRows(parts, prepared.compiled, join(folder, 'rows'), signal);
    if (request.format === 'csv') return removing(Readable.from(csvOf(rows)), remove);
    const file = join(folder, 'rows.parquet');
    await rows.writeParquet(file);
    return removing(createReadStream(file), remove);
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

interface Rows {
  readonly names: readonly string[];
  pages(): AsyncGenerator<readonly (readonly unknown[])[]>;
  writeParquet(file: string): Promise<void>;
}

async function prepareDownload(parts: QueryParts, { query, series }: HistoryDownload): Promise<PreparedQuery> {
  const rowsMax = LIMITS.CENTRAL_DOWNLOAD_ROWS_MAX;
  if (query !== undefined) return prepareQuery(parts, query, { rowsMax });
  if (series === undefined) throw new HubError('argument.invalid', 'a download is of a query or of a series');
  const wanted = queryOfSeries(series, parts.hub.clock.now());
  const text = formatCentralQuery(wanted.query);
  const compiled = compileTelemetry(await planSeries(parts, wanted, text), text, rowsMax + 1);
  return { kind: 'telemetry', query: wanted.query, rowsMax, compiled };
}

/** Whether it was read to its end, broken off, or never begun. */
function removing(stream: Readable, remove: () => Promise<void>): Readable {
  return stream.once('close', () => void remove());
}

async function* csvOf({ names, pages }: Rows): AsyncGenerator<string> {
  yield csvRow(names);
  for await (const rows of pages()) yield rows.map(csvRow).join('');
}

/** So many rows are in memory at a time. */
const PAGE_ROWS = 10_000;

async function telemetryRows(
  { history }: QueryParts,
  { statement, columns }: Compiled,
  file: string,
  signal: AbortSignal | undefined,
): Promise<Rows> {
  const gone = signal === undefined ? {} : { signal };
  await history.writeParquet(statement.text, statement.parameters, file, signal);
  const ask = async (what: Sql, rowsMax: number) =>
    (await history.query(`SELECT ${what.text} FROM read_parquet(?)`, [...what.parameters, file], { rowsMax, ...gone }))
      .rows;
  const [[count, ...types] = []] = await ask(joinSql([sql`count(*)`, ...columns.map(typesOf)], ', '), 1);
  if (Number(count) > LIMITS.CENTRAL_DOWNLOAD_ROWS_MAX) {
    throw new HubError(
      'query.limitExceeded',
      `a download has at most ${LIMITS.CENTRAL_DOWNLOAD_ROWS_MAX} rows; ask for less time, or for buckets`,
    );
  }
  return {
    names: columns.map((column) => column.name),
    async *pages() {
      for (let begin = 0; begin < Number(count); begin += PAGE_ROWS) {
        const { rows } = await history.query(
          `SELECT * FROM read_parquet(?) LIMIT ${PAGE_ROWS} OFFSET ${begin}`,
          [file],
          { rowsMax: PAGE_ROWS, ...gone },
        );
        yield rows.map((row) => decodeRow(columns, row));
      }
    },
    async writeParquet(target) {
      const flat = columns.map(
        (column, index) => sql`${flatColumn(column, Number(types[index] ?? 0))} AS ${quotedName(column.name)}`,
      );
      const whole = sql`SELECT ${joinSql(flat, ', ')} FROM read_parquet(${file})`;
      await history.writeParquet(whole.text, whole.parameters, target, signal);
    },
  };
}

/** Which types a column really has, a bit each. */
function typesOf({ kind, index }: OutputColumn): Sql {
  return kind === 'value' ? sql`coalesce(bit_or(1 << ${name('c', index + 2)}::INTEGER), 0)` : sql`0`;
}

/** One column of a file for what the statement has in three: numbers as numbers where there is nothing else, otherwise texts. */
function flatColumn({ kind, index }: OutputColumn, types: number): Sql {
  const [number, text, type] = [name('c', index), name('c', index + 1), name('c', index + 2)];
  if (kind === 'time') return sql`make_timestamp_ms(${number})`;
  if (kind === 'json') return sql`(${number} ->> '$')`;
  if (kind !== 'value' || types === 0 || types === 1 << PointType.number) return number;
  if (types === 1 << PointType.boolean) return sql`(${number} = 1)`;
  const [isNumber, isBoolean] = [wholeNumbers([PointType.number]), wholeNumbers([PointType.boolean])];
  return sql`CASE ${type} WHEN ${isNumber} THEN ${number}::VARCHAR WHEN ${isBoolean} THEN (${number} = 1)::VARCHAR ELSE ${text} END`;
}

/** What is known of devices is all in memory; in a file, it is texts. */
async function propertyRows(parts: QueryParts, { query, rowsMax }: PreparedQuery): Promise<Rows> {
  const { rows } = await runPropertyQuery(parts, query, { text: formatCentralQuery(query), rowsMax });
  const names = query.items.map((item) => item.name);
  return {
    names,
    async *pages() {
      for (let begin = 0; begin < rows.length; begin += PAGE_ROWS) yield rows.slice(begin, begin + PAGE_ROWS);
    },
    async writeParquet(target) {
      const columns = names.map((column, index) => {
        const texts = rows.map((row) => textOf(row[index]));
        return sql`nullif(unnest(${texts.length === 0 ? [''] : texts}::VARCHAR[]), '') AS ${quotedName(column)}`;
      });
      const whole = sql`SELECT ${joinSql(columns, ', ')} LIMIT ${wholeNumbers([rows.length])}`;
      await parts.history.writeParquet(whole.text, whole.parameters, target);
    },
  };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
