import { LIMITS } from '@viaduct/contracts';
import { PointType } from '../history/history-schema.ts';
import { decodeRow, plainValue } from './decode-rows.ts';
import { lttb } from './lttb.ts';
import { keyOf, type PlainLine, type SeriesRead } from './plain-line.ts';
import type { QueryParts } from './run-central-query.ts';
import { isId } from './series-query.ts';
import { joinSql, name, type Sql, sql, wholeNumbers } from './sql.ts';
import { compileTelemetry, relationSql } from './telemetry-sql.ts';

interface Answer {
  readonly lines: readonly PlainLine[];
  readonly isCut: boolean;
}

/**
 * Points as they are, as many as a line may have.
 *
 *     few numbers      all are read, and each line thinned by LTTB
 *     many numbers     the store keeps the extremes of four times as many buckets as wanted points, and LTTB chooses among them
 *     texts and such   the newest: there is nothing between two states
 */
export async function readPoints(parts: QueryParts, read: SeriesRead): Promise<Answer> {
  if (read.series.query.top !== null) return readNewest(parts, read, read.series.query.top);
  if (read.plan.isSampled === true) return readExtremes(parts, read);
  const { numbers, others } = await countPoints(parts, read, LIMITS.SERIES_RAW_POINTS_MAX);
  if (others > 0) return readNewest(parts, read, read.series.pointsMax);
  if (numbers > LIMITS.SERIES_RAW_POINTS_MAX) return readExtremes(parts, read);
  const { lines, isCut } = await readAll(parts, read, LIMITS.SERIES_RAW_POINTS_MAX);
  return { lines: lines.map((line) => thinned(line, read.series.pointsMax)), isCut };
}

async function ask({ history }: QueryParts, statement: Sql, rowsMax: number, { signal }: SeriesRead) {
  return history.query(statement.text, statement.parameters, { rowsMax, ...(signal !== undefined && { signal }) });
}

/** Whether there are so many numbers, and nothing else, that a first picture had better be an estimate. */
export async function isLarge(parts: QueryParts, read: SeriesRead): Promise<boolean> {
  const { numbers, others } = await countPoints(parts, read, LIMITS.SERIES_ESTIMATE_POINTS_MIN);
  return others === 0 && numbers > LIMITS.SERIES_ESTIMATE_POINTS_MIN;
}

/** Counts no further than is worth knowing: one more than `most` numbers, and one of anything else. */
async function countPoints(
  parts: QueryParts,
  read: SeriesRead,
  most: number,
): Promise<{ numbers: number; others: number }> {
  const relation = relationSql(read.plan, read.text);
  const count = (sign: '<=' | '>', limit: number) =>
    sql`(SELECT count(*) FROM (SELECT 1 FROM (SELECT y0 AS y ${relation}) WHERE y ${name(sign)} ${wholeNumbers([PointType.boolean])} LIMIT ${wholeNumbers([limit])}))`;
  const statement = sql`SELECT ${count('<=', most + 1)}, ${count('>', 1)}`;
  const { rows } = await ask(parts, statement, 1, read);
  const [numbers, others] = rows[0] ?? [];
  return { numbers: Number(numbers ?? 0), others: Number(others ?? 0) };
}

/** Of each device, where there is a line a device; else of all together. */
async function readNewest(parts: QueryParts, read: SeriesRead, count: number): Promise<Answer> {
  const { split } = read.series;
  if (split !== null && isId(split)) return readNewestOfEach(parts, read, count);
  const plan = { ...read.plan, query: { ...read.plan.query, top: count, orderBy: NEWEST_FIRST } };
  const { lines, rows } = await readAll(parts, { ...read, plan }, count + 1);
  const isCut = rows > count || (rows === count && read.series.query.top === null);
  return { lines: lines.map(reversed), isCut };
}

/** One pass, with the newest of each device in hand: to number all rows would sort them all. */
async function readNewestOfEach(parts: QueryParts, read: SeriesRead, count: number): Promise<Answer> {
  const row = sql`struct_pack(ts := ts, seq := m.seq, n := n0, t := t0, y := y0)`;
  const newest = sql`arg_max(${row}, epoch_ms(ts) * 65536 + m.seq, ${wholeNumbers([count])})`;
  const each = sql`SELECT m.device_id, unnest(${newest}) AS r ${relationSql(read.plan, read.text)} GROUP BY m.device_id`;
  const statement = sql`SELECT device_id, epoch_ms(r.ts), r.n, r.t, r.y FROM (${each}) ORDER BY device_id, r.ts, r.seq`;
  const { rows, isCut } = await ask(parts, statement, LIMITS.SERIES_LINES_MAX * LIMITS.SERIES_POINTS_MAX, read);
  const lines = new Map<string, PlainLine>();
  for (const [device, time, number, text, type] of rows) {
    const key = String(device);
    const line = lines.get(key) ?? { key, times: [], values: [] };
    lines.set(key, line);
    line.times.push(time as number);
    line.values.push(plainValue(number, text, type));
  }
  const isFull = read.series.query.top === null && [...lines.values()].some(({ times }) => times.length >= count);
  return { lines: [...lines.values()], isCut: isCut || isFull };
}

const NEWEST_FIRST = [{ by: { kind: 'meta', name: 'ts', at: { offset: 0, length: 0 } }, descending: true }] as const;

/** Columns: device id, [split], time, value. */
async function readAll(parts: QueryParts, read: SeriesRead, rowsMax: number) {
  const { split } = read.series;
  const { statement, columns } = compileTelemetry(read.plan, read.text, rowsMax);
  const { rows, isCut } = await ask(parts, statement, rowsMax, read);
  const lines = new Map<string, PlainLine>();
  const value = columns.slice(-1);
  const time = columns.at(-2)!.index;
  for (const row of rows) {
    const deviceId = String(row[0]);
    const key = split === null ? 'all' : isId(split) ? deviceId : keyOf(decodeRow(columns.slice(1, 2), row)[0]);
    const line = lines.get(key) ?? {
      ...{ key, times: [], values: [] },
      ...((split === null || !isId(split)) && { deviceIds: [] }),
    };
    lines.set(key, line);
    line.times.push(row[time] as number);
    line.values.push(decodeRow(value, row)[0]);
    line.deviceIds?.push(deviceId);
  }
  return { lines: [...lines.values()], rows: rows.length, isCut };
}

/** Booleans are drawn as steps of 0 and 1, and stay what they are. */
function thinned(line: PlainLine, pointsMax: number): PlainLine {
  const kept = lttb(line.times, line.values.map(Number), pointsMax);
  return kept.length === line.times.length ? line : picked(line, kept);
}

function reversed(line: PlainLine): PlainLine {
  return picked(
    line,
    line.times.map((_time, index) => line.times.length - 1 - index),
  );
}

function picked({ key, times, values, deviceIds }: PlainLine, indexes: readonly number[]): PlainLine {
  return {
    key,
    times: indexes.map((index) => times[index]!),
    values: indexes.map((index) => values[index]),
    ...(deviceIds !== undefined && { deviceIds: indexes.map((index) => deviceIds[index]!) }),
  };
}

/** Two points of each bucket, its least and its largest, so no spike is lost. */
const BUCKETS_A_POINT = 2;

type Extremes = readonly [
  lowTime: number,
  low: number,
  highTime: number,
  high: number,
  type: number,
  key?: string | null,
];

async function readExtremes(parts: QueryParts, read: SeriesRead): Promise<Answer> {
  const { from, to, pointsMax, split } = read.series;
  const width = Math.max(1, Math.ceil((to - from) / (pointsMax * BUCKETS_A_POINT)));
  const keys = split === null ? [] : [isId(split) ? sql`m.device_id` : name('a', 0)];
  const bucket = sql`(epoch_ms(ts) - ${wholeNumbers([from])}) // ${wholeNumbers([width])}`;
  const extremes = sql`epoch_ms(arg_min(ts, n0)), min(n0), epoch_ms(arg_max(ts, n0)), max(n0), max(y0)`;
  const statement = sql`SELECT ${joinSql([extremes, ...keys], ', ')} ${relationSql(read.plan, read.text)} GROUP BY ${joinSql([bucket, ...keys], ', ')} ORDER BY min(ts)`;
  const rowsMax = LIMITS.SERIES_LINES_MAX * LIMITS.SERIES_POINTS_MAX * BUCKETS_A_POINT;
  const { rows, isCut } = await ask(parts, statement, rowsMax, read);
  const lines = new Map<string, PlainLine>();
  for (const row of rows as readonly (readonly unknown[])[]) {
    const [lowTime, low, highTime, high, type, own = null] = row as Extremes;
    const key = split === null ? 'all' : isId(split) ? String(own) : keyOf(own === null ? null : JSON.parse(own));
    const line = lines.get(key) ?? { key, times: [], values: [] };
    lines.set(key, line);
    const add = (time: number, value: number) => {
      line.times.push(time);
      line.values.push(type === PointType.boolean ? value === 1 : value);
    };
    if (lowTime <= highTime) add(lowTime, low);
    if (lowTime !== highTime) add(highTime, high);
    if (lowTime > highTime) add(lowTime, low);
  }
  return { lines: [...lines.values()].map((line) => thinned(line, pointsMax)), isCut };
}
