import { LIMITS } from '@viaduct/contracts';
import type { DeviceDirectory, DeviceGroups } from '../directory/device-directory.ts';
import type { DeviceFilter } from '../directory/device-filter.ts';
import type { Series } from '../history/history.ts';
import { type DeviceAttribute, readAttributes } from './device-attributes.ts';
import { deviceFilterOf } from './group-filter.ts';
import { before, parseDuration, parseInstant } from './iso-time.ts';
import { type FindsSeries, type NameKind, seriesOfPath } from './name-book.ts';
import { isAggregate, isGrouped } from './parse-central-query.ts';
import type { CentralQuery, Condition, Field, PathField, Span } from './query-syntax.ts';
import { joined } from './read-condition.ts';
import { refuse, refuseTooMuch } from './refuse.ts';

/** A query over telemetry with everything found out that is not in the history: which series, which devices, from when to when. */
export interface TelemetryPlan {
  readonly query: CentralQuery;
  /** What is read, in the order in which it is named. */
  readonly fields: readonly TelemetryField[];
  /** What is known of each device and stands in a column, by the column's name. */
  readonly attributes: ReadonlyMap<string, DeviceAttribute>;
  /** Ms since 1970; null is from the beginning, to the end. */
  readonly from: number | null;
  readonly to: number | null;
  /** What is asked of each message. */
  readonly where: RowCondition | null;
  /** A sample of the points is read. */
  readonly isSampled?: boolean;
}

export interface TelemetryField {
  readonly key: string;
  readonly series: readonly Series[];
}

/** Conditions on devices have become the devices. */
export type RowCondition =
  | Exclude<Condition, { kind: 'and' | 'or' | 'not' }>
  | { readonly kind: 'and' | 'or'; readonly terms: readonly RowCondition[] }
  | { readonly kind: 'not'; readonly term: RowCondition }
  | { readonly kind: 'devices'; readonly deviceIds: readonly string[] };

export interface PlanParts {
  readonly devices: Pick<DeviceDirectory, 'idsOf' | 'list' | 'values'>;
  readonly groups: Pick<DeviceGroups, 'find'>;
  readonly history: FindsSeries;
}

export interface PlanOptions {
  readonly text: string;
  readonly now: number;
  readonly kindOf: (field: PathField) => NameKind;
}

/** How far back is counted when nothing says it. Source: Azure IoT Central, "Query devices by REST". */
const DEFAULT_WINDOW = 'P30D';

/** @throws QueryRefusal query.invalid, query.limitExceeded */
export async function planTelemetry(
  parts: PlanParts,
  query: CentralQuery,
  options: PlanOptions,
): Promise<TelemetryPlan> {
  const { text, now, kindOf } = options;
  const terms = query.where === null ? [] : query.where.kind === 'and' ? query.where.terms : [query.where];
  const ofDevices = terms.filter((term) => isOfDevices(term, kindOf));
  const ofTime = terms.filter(isOfTime);
  const rest = terms.filter((term) => !ofDevices.includes(term) && !ofTime.includes(term));
  const filter = deviceFilter(query, text, ofDevices, parts.groups);
  const deviceIds = filter === null ? undefined : await idsOf(parts, text, filter);
  const where = rest.length === 0 ? null : await withDevices(parts, joined('and', rest), options);
  const fields = telemetryFields(query, rest, kindOf).map((path) => ({
    key: path.join('.'),
    series: seriesOfPath(parts.history, path, deviceIds),
  }));
  const range = timeRange(text, ofTime, now);
  if (isGrouped(query) && range.from === null && range.to === null)
    range.from = now - parseDuration(DEFAULT_WINDOW)!.ms;
  const deviceColumns = query.items.map(({ value }) => value).concat(query.orderBy.map(({ by }) => by));
  const wanted = [...query.groupBy, ...deviceColumns].filter(
    (value): value is Field => value.kind !== 'window' && isAttribute(value, kindOf),
  );
  return { query, fields, attributes: await readAttributes(parts.devices, filter, fields, wanted), ...range, where };
}

/** Known of the device, and not what a message says. Its id stands beside every series. */
function isAttribute(value: CentralQuery['items'][number]['value'] | Field, kindOf: PlanOptions['kindOf']): boolean {
  if (isAggregate(value)) return false;
  return value.kind === 'meta' ? value.name !== 'id' && value.name !== 'ts' : kindOf(value) === 'property';
}

function isOfDevices(condition: Condition, kindOf: PlanOptions['kindOf']): boolean {
  if (condition.kind === 'window') return false;
  if (condition.kind === 'not') return isOfDevices(condition.term, kindOf);
  if ('terms' in condition) return condition.terms.every((term) => isOfDevices(term, kindOf));
  return condition.field.kind === 'meta' ? condition.field.name !== 'ts' : kindOf(condition.field) === 'property';
}

function isOfTime(condition: Condition): boolean {
  if (condition.kind === 'window') return true;
  return condition.kind === 'compare' && isTime(condition.field) && condition.operator !== '!=';
}

export function isTime(field: Field): boolean {
  return field.kind === 'meta' && field.name === 'ts';
}

/** Which devices a query is about: those of its source for which all `terms` hold; null is every device. */
export function deviceFilter(
  { source }: CentralQuery,
  text: string,
  terms: readonly Condition[],
  groups: PlanParts['groups'],
): DeviceFilter | null {
  const filters = terms.map((term) => deviceFilterOf(text, term, groups));
  if (source.kind === 'template') {
    filters.unshift({
      kind: 'compare',
      field: { kind: 'meta', name: 'template' },
      operator: '=',
      value: source.templateId,
    });
  }
  if (filters.length === 0) return null;
  return filters.length === 1 ? filters[0]! : { kind: 'and', terms: filters };
}

async function idsOf({ devices }: PlanParts, text: string, filter: DeviceFilter): Promise<readonly string[]> {
  const { deviceIds, isCut } = await devices.idsOf(filter, LIMITS.CENTRAL_QUERY_DEVICES_MAX);
  if (!isCut) return deviceIds;
  const whole: Span = { offset: 0, length: text.length };
  throw refuseTooMuch(text, whole, `it is about more than ${LIMITS.CENTRAL_QUERY_DEVICES_MAX} devices`);
}

/** What is left asks of messages, and of devices within an OR. */
async function withDevices(parts: PlanParts, condition: Condition, options: PlanOptions): Promise<RowCondition> {
  if (isOfDevices(condition, options.kindOf)) {
    const filter = deviceFilterOf(options.text, condition, parts.groups);
    return { kind: 'devices', deviceIds: await idsOf(parts, options.text, filter) };
  }
  if (condition.kind === 'not') return { kind: 'not', term: await withDevices(parts, condition.term, options) };
  if (condition.kind === 'window') return { ...condition, window: absolute(condition.window, options.now) };
  if (!('terms' in condition)) return condition;
  return {
    kind: condition.kind,
    terms: await Promise.all(condition.terms.map((term) => withDevices(parts, term, options))),
  };
}

function absolute(window: Extract<Condition, { kind: 'window' }>['window'], now: number) {
  if (window.kind === 'between') return window;
  const from = new Date(before(now, parseDuration(window.duration)!)).toISOString();
  return {
    kind: 'between',
    from,
    to: new Date(now + LIMITS.DEVICE_TIME_AHEAD_SECONDS_MAX * 1_000).toISOString(),
  } as const;
}

/** What all these together leave. */
function timeRange(text: string, terms: readonly Condition[], now: number): { from: number | null; to: number | null } {
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  for (const term of terms) {
    if (term.kind === 'window' && term.window.kind === 'last')
      from = Math.max(from, before(now, parseDuration(term.window.duration)!));
    if (term.kind === 'window' && term.window.kind === 'between') {
      from = Math.max(from, parseInstant(term.window.from)!);
      to = Math.min(to, parseInstant(term.window.to)!);
    }
    if (term.kind !== 'compare') continue;
    const time = timeOf(text, term.value, term.valueAt);
    if (term.operator.startsWith('>') || term.operator === '=')
      from = Math.max(from, term.operator === '>' ? time + 1 : time);
    if (term.operator.startsWith('<') || term.operator === '=')
      to = Math.min(to, term.operator === '<' ? time : time + 1);
  }
  return { from: Number.isFinite(from) ? from : null, to: Number.isFinite(to) ? to : null };
}

/** The last one that a `Date` has, ms since 1970. */
const TIME_MAX = 8.64e15;

export function timeOf(text: string, value: string | number | boolean, at: Span): number {
  const time = typeof value === 'string' ? parseInstant(value) : value;
  if (typeof time === 'number' && Math.abs(time) <= TIME_MAX) return Math.trunc(time);
  throw refuse(text, at, "$ts is compared with a time: '2026-01-31T00:00:00Z'");
}

/** Each once, whichever way it is written. */
function telemetryFields(
  query: CentralQuery,
  rest: readonly Condition[],
  kindOf: PlanOptions['kindOf'],
): readonly (readonly string[])[] {
  const values = [
    ...query.items.map(({ value }) => value),
    ...query.groupBy.filter((key) => key.kind !== 'window'),
    ...query.orderBy.map(({ by }) => by),
    ...rest.flatMap(fieldsOf),
  ];
  const paths = values.flatMap((value) => (isAggregate(value) ? [value.field] : value.kind === 'path' ? [value] : []));
  const telemetry = paths.filter((field) => kindOf(field) !== 'property');
  return [...new Map(telemetry.map(({ path }) => [path.join('.'), path])).values()];
}

export function fieldsOf(condition: Condition): readonly Field[] {
  if (condition.kind === 'window') return [];
  if (condition.kind === 'not') return fieldsOf(condition.term);
  return 'terms' in condition ? condition.terms.flatMap(fieldsOf) : [condition.field];
}
