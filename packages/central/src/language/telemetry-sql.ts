import { parseDuration } from './iso-time.ts';
import { columnName, isGrouped } from './parse-central-query.ts';
import type { AggregateCall, CentralQuery, Field, GroupKey } from './query-syntax.ts';
import { conditionSql } from './row-condition-sql.ts';
import { joinSql, name, Sql, sql, wholeNumbers } from './sql.ts';
import { fieldsOf, isTime, type RowCondition, type TelemetryPlan } from './telemetry-plan.ts';

/**
 * A plan as one statement over the tables of history-schema.ts.
 *
 *     points  only the series and the time that are asked for
 *        │    who measured it, and which of the fields it is: from memory
 *     values  one row a value: field k in nK (number), tK (text), yK (type); or, where a row needs several fields,
 *     messages  one row a message: the same columns
 *        │    what is known of devices, from the directory
 *     answer  WHERE, GROUP BY, ORDER BY
 *
 * A value of any type takes three columns of the answer; `decodeRows` makes one of them.
 */
export interface Compiled {
  readonly statement: Sql;
  readonly columns: readonly OutputColumn[];
}

export interface OutputColumn {
  readonly name: string;
  /** `value`: number, text and type in three columns. `time`: ms since 1970. */
  readonly kind: 'value' | 'number' | 'time' | 'text' | 'json';
  /** The first of its columns in the statement. */
  readonly index: number;
}

export function compileTelemetry(plan: TelemetryPlan, text: string, rowsMax: number): Compiled {
  const { query } = plan;
  const columns: OutputColumn[] = [];
  const selected: Sql[] = [];
  const select = (value: Field | AggregateCall | GroupKey, columnName: string) => {
    const { kind, pieces } = outputOf(plan, value);
    columns.push({ name: columnName, kind, index: selected.length });
    selected.push(...pieces);
  };
  const bucket = query.groupBy.find((key) => key.kind === 'window');
  // Whoever groups by time is told the time, selected or not.
  if (bucket !== undefined && !query.items.some(({ value }) => value.kind === 'meta' && value.name === 'ts'))
    select(bucket, '$ts');
  for (const item of query.items) select(item.value, item.name);
  const named = joinSql(
    selected.map((piece, index) => sql`${piece} AS ${name('c', index)}`),
    ', ',
  );
  const limit = Math.min(query.top ?? rowsMax, rowsMax);
  const statement = sql`SELECT ${named} ${relationSql(plan, text)}${groupSql(plan)} ORDER BY ${orderSql(plan)} LIMIT ${wholeNumbers([limit])}`;
  return { statement, columns };
}

/** FROM and WHERE of a plan: rows `m` with the columns of `rowsSql`, and aK for the K-th attribute. */
export function relationSql(plan: TelemetryPlan, text: string): Sql {
  const where =
    plan.where === null ? sql`` : sql` WHERE ${conditionSql(plan.where, text, (key) => fieldIndex(plan, key))}`;
  return sql`FROM (${rowsSql(plan)}) m${attributesSql(plan)}${where}`;
}

/** Rows of values or of messages, with `device_id`, `ts`, `seq` and the columns of every field. */
function rowsSql(plan: TelemetryPlan): Sql {
  const fields = plan.fields.map((_field, index) => index);
  if (!needsMessages(plan)) {
    const values = fields.map((index) => {
      const is = fields.length === 1 ? sql`true` : sql`s.field = ${wholeNumbers([index])}`;
      return sql`CASE WHEN ${is} THEN p.number END AS ${name('n', index)}, CASE WHEN ${is} THEN p.text END AS ${name('t', index)}, CASE WHEN ${is} THEN p.type END AS ${name('y', index)}`;
    });
    return sql`SELECT s.device_id, p.time AS ts, p.seq, ${joinSql(values, ', ')} FROM ${pointsSql(plan)}`;
  }
  const values = fields.map((index) => {
    const of = (column: string) => sql`any_value(${name(column)}) FILTER (WHERE s.field = ${wholeNumbers([index])})`;
    return sql`${of('p.number')} AS ${name('n', index)}, ${of('p.text')} AS ${name('t', index)}, ${of('p.type')} AS ${name('y', index)}`;
  });
  return sql`SELECT s.device_id, max(p.time) AS ts, p.seq, ${joinSql(values, ', ')} FROM ${pointsSql(plan)} GROUP BY s.device_id, p.enqueued_time, p.seq`;
}

/** Whether a row is a whole message: something looks at two of its values at a time. */
function needsMessages({ query, fields, where }: TelemetryPlan): boolean {
  if (fields.length < 2) return false;
  const groupsByValue = query.groupBy.some(
    (key) => key.kind === 'path' && fields.some((field) => field.key === key.path.join('.')),
  );
  return !isGrouped(query) || groupsByValue || (where !== null && asksValues(where));
}

function asksValues(condition: RowCondition): boolean {
  if (condition.kind === 'devices') return false;
  if (condition.kind === 'not') return asksValues(condition.term);
  if ('terms' in condition) return condition.terms.some(asksValues);
  return fieldsOf(condition).some((field) => field.kind === 'path');
}

/** `p` are the points, `s` whose they are. */
function pointsSql({ fields, from, to, isSampled = false }: TelemetryPlan): Sql {
  const series = fields.flatMap((field, index) =>
    field.series.map(({ seriesId, deviceId }) => ({ seriesId, deviceId, index })),
  );
  const ids = series.map(({ seriesId }) => seriesId);
  const terms = [
    ids.length <= SERIES_WRITTEN_MAX
      ? sql`series_id IN (${ids.length === 0 ? wholeNumbers([-1]) : wholeNumbers(ids)})`
      : sql`series_id IN (SELECT unnest(${ids}::UINTEGER[]))`,
    ...(from === null ? [] : [sql`time >= make_timestamp_ms(${from})::TIMESTAMP_MS`]),
    ...(to === null ? [] : [sql`time < make_timestamp_ms(${to})::TIMESTAMP_MS`]),
  ];
  const points = sql`(SELECT series_id, time, enqueued_time, seq, type, number, text FROM ${name(isSampled ? 'points_sample' : 'points')} WHERE ${joinSql(terms, ' AND ')}) p`;
  const [only] = series;
  // A join costs as much again as the reading: one series needs none.
  if (only !== undefined && series.length === 1) {
    return sql`${points} CROSS JOIN (SELECT ${only.deviceId}::VARCHAR AS device_id, 0 AS field) s`;
  }
  return sql`${points} JOIN (SELECT unnest(${orNone(ids, 0)}::UINTEGER[]) AS series_id, unnest(${orNone(
    series.map((each) => each.deviceId),
    '',
  )}::VARCHAR[]) AS device_id, unnest(${orNone(
    series.map((each) => each.index),
    0,
  )}::INTEGER[]) AS field) s USING (series_id)`;
}

/** Written out, the store skips blocks by them; with more, a statement is slower to read than the blocks. */
const SERIES_WRITTEN_MAX = 4_096;

/** A list has a type by what is in it. No series has the number 0. */
function orNone<T extends string | number>(values: readonly T[], none: T): readonly T[] {
  return values.length === 0 ? [none] : values;
}

/** What is known of devices, joined by id: JSON, for it may be of any type. */
function attributesSql({ attributes }: TelemetryPlan): Sql {
  const joins = [...attributes.values()].map((attribute, index) => {
    const known = [...attribute].filter(([, value]) => value !== null && value !== undefined);
    const ids = orNone(
      known.map(([deviceId]) => deviceId),
      '',
    );
    const values = orNone(
      known.map(([, value]) => JSON.stringify(value)),
      'null',
    );
    return sql` LEFT JOIN (SELECT unnest(${ids}::VARCHAR[]) AS device_id, unnest(${values}::VARCHAR[]) AS ${name('a', index)}) ${name('d', index)} ON ${name('d', index)}.device_id = m.device_id`;
  });
  return joinSql(joins, '');
}

function attributeIndex({ attributes }: TelemetryPlan, value: Field): number {
  return [...attributes.keys()].indexOf(columnName(value));
}

function fieldIndex({ fields }: TelemetryPlan, key: string): number {
  return fields.findIndex((field) => field.key === key);
}

/** What a column of the answer is made of. */
function outputOf(
  plan: TelemetryPlan,
  value: Field | AggregateCall | GroupKey,
): { kind: OutputColumn['kind']; pieces: readonly Sql[] } {
  if (value.kind === 'window') return { kind: 'time', pieces: [bucketSql(value.duration)] };
  if (value.kind === 'aggregate') return aggregateOf(plan, value);
  if (isTime(value)) return { kind: 'time', pieces: [timeSql(plan.query)] };
  if (value.kind === 'meta' && value.name === 'id') return { kind: 'text', pieces: [sql`m.device_id`] };
  const attribute = attributeIndex(plan, value);
  if (attribute >= 0) return { kind: 'json', pieces: [name('a', attribute)] };
  return { kind: 'value', pieces: valueColumns(plan, columnName(value)) };
}

function timeSql({ groupBy }: CentralQuery): Sql {
  const bucket = groupBy.find((key) => key.kind === 'window');
  return bucket === undefined ? sql`epoch_ms(ts)` : bucketSql(bucket.duration);
}

function valueColumns(plan: TelemetryPlan, key: string): readonly Sql[] {
  const index = fieldIndex(plan, key);
  return [name('n', index), name('t', index), name('y', index)];
}

function aggregateOf(plan: TelemetryPlan, { name: aggregate, field, percent }: AggregateCall) {
  const [n, t, y] = valueColumns(plan, field.path.join('.')) as [Sql, Sql, Sql];
  switch (aggregate) {
    case 'COUNT':
      return { kind: 'number', pieces: [sql`count(${y})`] } as const;
    case 'FIRST':
      return { kind: 'value', pieces: [n, t, y].map((column) => sql`arg_min(${column}, ts)`) } as const;
    case 'LAST':
      return { kind: 'value', pieces: [n, t, y].map((column) => sql`arg_max(${column}, ts)`) } as const;
    case 'PERCENTILE':
      return { kind: 'number', pieces: [sql`quantile_cont(${n}, ${new Sql(String((percent ?? 50) / 100))})`] } as const;
    default:
      return { kind: 'number', pieces: [sql`${name(aggregate.toLowerCase())}(${n})`] } as const;
  }
}

/** Begin of the bucket, ms since 1970. Buckets stand where clocks do: at full hours and days, weeks on Monday, months on the first. */
function bucketSql(duration: string): Sql {
  const { months, ms } = parseDuration(duration)!;
  if (months > 0) return sql`epoch_ms(time_bucket(to_months(${wholeNumbers([months])}), ts::TIMESTAMP))`;
  const monday = ms % WEEK_MS === 0 ? FIRST_MONDAY_MS : 0;
  const [width, begin] = [wholeNumbers([ms]), wholeNumbers([monday])];
  return sql`((epoch_ms(ts) - ${begin}) // ${width} * ${width} + ${begin})`;
}

const WEEK_MS = 7 * 86_400_000;
/** 1970-01-05. */
const FIRST_MONDAY_MS = 4 * 86_400_000;

function groupSql(plan: TelemetryPlan): Sql {
  const keys = plan.query.groupBy.flatMap((key) => outputOf(plan, key).pieces);
  return keys.length === 0 ? sql`` : sql` GROUP BY ${joinSql(keys, ', ')}`;
}

/** Without ORDER BY: groups by their keys, messages newest first. */
function orderSql(plan: TelemetryPlan): Sql {
  const { orderBy, groupBy } = plan.query;
  const wanted = orderBy.map(({ by, descending }) => ({ pieces: sortKeys(plan, by), descending }));
  const usual = isGrouped(plan.query)
    ? groupBy.map((key) => ({ pieces: outputOf(plan, key).pieces, descending: false }))
    : [
        { pieces: TIME_KEYS, descending: true },
        { pieces: [sql`m.device_id`], descending: false },
      ];
  const keys = (wanted.length > 0 ? wanted : usual).flatMap(({ pieces, descending }) =>
    pieces.map((piece) => sql`${piece} ${name(descending ? 'DESC' : 'ASC')} NULLS LAST`),
  );
  return keys.length === 0 ? sql`1` : joinSql(keys, ', ');
}

/** What a device said in one millisecond is in the order in which it came. */
const TIME_KEYS = [sql`ts`, sql`m.seq`];

function sortKeys(plan: TelemetryPlan, value: Field | AggregateCall): readonly Sql[] {
  if (value.kind !== 'aggregate' && isTime(value) && !isGrouped(plan.query)) return TIME_KEYS;
  const { kind, pieces } = outputOf(plan, value);
  // Numbers as such; they are JSON there.
  if (kind === 'json') return pieces.flatMap((piece) => [sql`TRY_CAST(${piece} AS DOUBLE)`, piece]);
  return kind === 'value' ? pieces.slice(0, 2) : pieces;
}
