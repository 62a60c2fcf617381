import { LIMITS, type SeriesRequest, type SeriesSource, type TimeRange } from '@viaduct/contracts';
import { before, formatDuration, parseDuration, parseInstant } from './iso-time.ts';
import { columnName } from './parse-central-query.ts';
import {
  type AggregateCall,
  type CentralQuery,
  type Condition,
  type Field,
  META_NAMES,
  type PathField,
} from './query-syntax.ts';
import { joined } from './read-condition.ts';
import { refuse } from './refuse.ts';

/** A request of a chart as the query that somebody would have written. */
export interface SeriesQuery {
  readonly query: CentralQuery;
  /** Ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** ISO 8601 duration of a bucket; null for points. */
  readonly resolution: string | null;
  readonly pointsMax: number;
  /** What lines are split by. */
  readonly split: Field | null;
}

/** Pure. @throws QueryRefusal query.invalid: a range or a resolution that is none, a name that is empty */
export function queryOfSeries(request: SeriesRequest, now: number): SeriesQuery {
  const { aggregate, splitBy, newest } = request;
  const { from, to } = rangeOf(request.range, now);
  const pointsMax = Math.min(request.pointsMax ?? LIMITS.SERIES_POINTS_MAX, LIMITS.SERIES_POINTS_MAX);
  const field = pathField([...(request.component == null ? [] : [request.component]), ...stepsOf(request.name)]);
  const split = splitBy === undefined ? null : splitBy === 'device' ? meta('id') : propertyField(splitBy.property);
  const where = joined('and', [...sourceConditions(request.source), windowOf(request.range, now)]);
  const source =
    request.source.kind === 'template'
      ? ({ kind: 'template', templateId: request.source.templateId, at: NOWHERE } as const)
      : ({ kind: 'devices' } as const);
  const basis = { source, where, from, to, pointsMax, split };
  if (aggregate === 'none') return pointsQuery({ ...basis, field, newest });
  const resolution = resolutionOf(request.resolution, to - from, pointsMax);
  const names =
    aggregate === 'avg' ? (['AVG', 'MIN', 'MAX'] as const) : [aggregate.toUpperCase() as AggregateCall['name']];
  const calls = names.map((name) => ({ kind: 'aggregate', name, field, at: NOWHERE }) as const);
  const query: CentralQuery = {
    ...{ top: null, source, where, orderBy: [] },
    items: [...(split === null ? [] : [split]), ...calls].map(item),
    groupBy: [...(split === null ? [] : [split]), { kind: 'window', duration: resolution, at: NOWHERE }],
  };
  return { query, from, to, resolution, pointsMax, split };
}

interface PointsBasis extends Omit<SeriesQuery, 'query' | 'resolution'> {
  readonly source: CentralQuery['source'];
  readonly where: Condition;
  readonly field: PathField;
  readonly newest: number | undefined;
}

/** The points themselves, with who said them: oldest first, or the newest first. */
function pointsQuery({ source, where, field, split, newest, ...range }: PointsBasis): SeriesQuery {
  const top = newest === undefined ? null : Math.min(newest, LIMITS.SERIES_POINTS_MAX);
  const columns = [meta('id'), ...(split === null || isId(split) ? [] : [split]), meta('ts'), field];
  const query: CentralQuery = {
    ...{ top, source, where, groupBy: [] },
    items: columns.map(item),
    orderBy: [{ by: meta('ts'), descending: top !== null }],
  };
  return { query, ...range, split, resolution: null };
}

export function isId(field: Field): boolean {
  return field.kind === 'meta' && field.name === 'id';
}

/** It stands in no text yet. */
const NOWHERE = { offset: 0, length: 0 };

function item(value: Field | AggregateCall) {
  return { value, name: columnName(value), hasAlias: false };
}

function meta(name: (typeof META_NAMES)[number]) {
  return { kind: 'meta', name, at: NOWHERE } as const;
}

function pathField(path: readonly string[]): PathField {
  return { kind: 'path', path, at: NOWHERE };
}

/** Members of objects have dots; a name with an empty part is one that a device chose so. */
function stepsOf(name: string): readonly string[] {
  const steps = name.split('.');
  if (name === '') throw refuse('', NOWHERE, 'a series has a name');
  return steps.includes('') ? [name] : steps;
}

/** `$template`, or a property: `component.name`. */
function propertyField(property: string): Field {
  const name = property.startsWith('$') ? META_NAMES.find((each) => `$${each}` === property) : undefined;
  if (name !== undefined && name !== 'ts' && name !== 'group') return meta(name);
  return pathField(stepsOf(property));
}

function sourceConditions(source: SeriesSource): readonly Condition[] {
  if (source.kind === 'devices') {
    const [only, ...others] = source.deviceIds;
    const about = { field: meta('id'), valueAt: NOWHERE };
    if (only !== undefined && others.length === 0) return [{ kind: 'compare', operator: '=', value: only, ...about }];
    return [{ kind: 'in', values: source.deviceIds.length === 0 ? [''] : source.deviceIds, ...about }];
  }
  if (source.kind !== 'group') return [];
  return [{ kind: 'compare', field: meta('group'), operator: '=', value: source.groupId, valueAt: NOWHERE }];
}

/** @throws QueryRefusal query.invalid: it is no range */
export function windowOf(range: TimeRange, now: number): Condition {
  rangeOf(range, now);
  return {
    kind: 'window',
    window: range.kind === 'last' ? { kind: 'last', duration: range.duration.toUpperCase() } : range,
    at: NOWHERE,
  };
}

function rangeOf(range: TimeRange, now: number): { from: number; to: number } {
  if (range.kind === 'last') {
    const duration = parseDuration(range.duration);
    if (duration === undefined)
      throw refuse(range.duration, { offset: 0, length: range.duration.length }, 'expected an ISO 8601 duration: PT1H');
    return { from: before(now, duration), to: now };
  }
  const [from, to] = [parseInstant(range.from), parseInstant(range.to)];
  if (from !== undefined && to !== undefined && from < to) return { from, to };
  const text = `${range.from}/${range.to}`;
  throw refuse(text, { offset: 0, length: text.length }, 'expected two instants, the later last: 2026-01-31T00:00:00Z');
}

/** What was asked for, unless there would be more buckets than a line has. */
function resolutionOf(wanted: string | undefined, span: number, pointsMax: number): string {
  if (wanted === undefined) return formatDuration(stepFor(span / pointsMax));
  const duration = parseDuration(wanted);
  if (duration === undefined)
    throw refuse(wanted, { offset: 0, length: wanted.length }, 'expected an ISO 8601 duration: PT1M');
  const isTooFine = duration.months === 0 && span / duration.ms > LIMITS.SERIES_POINTS_MAX;
  return isTooFine ? formatDuration(stepFor(span / LIMITS.SERIES_POINTS_MAX)) : wanted.toUpperCase();
}

/** Steps that clocks have, so that buckets begin where people look for them. */
function stepFor(ms: number): number {
  return STEPS_MS.find((step) => step >= ms) ?? Math.ceil(ms / DAY_MS) * DAY_MS;
}

const [SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS] = [1_000, 60_000, 3_600_000, 86_400_000];
const STEPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR_MS),
  ...[1, 2, 7, 14, 28].map((count) => count * DAY_MS),
];
