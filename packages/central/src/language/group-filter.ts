import type { DeviceGroups } from '../directory/device-directory.ts';
import type { DeviceField, DeviceFilter, DeviceMeta, FilterValue } from '../directory/device-filter.ts';
import { writeField, writeLiteral } from './format-condition.ts';
import { parseInstant } from './iso-time.ts';
import type { Condition, Field, Literal, Span } from './query-syntax.ts';
import { readCondition } from './read-condition.ts';
import { refuse } from './refuse.ts';
import { TokenReader } from './token-reader.ts';

/**
 * The filter of a device group: `SELECT * FROM devices WHERE …`, or with nothing behind `devices` all of them. Azure's have AND only; here
 * also OR, NOT, parentheses, IN, LIKE, CONTAINS, BETWEEN and IS NULL.
 *
 * Which names of `a.b` are a component only a model knows: the field has them all in `path`.
 *
 * @throws QueryRefusal query.invalid, query.limitExceeded
 */
export function parseGroupFilter(text: string): DeviceFilter {
  const words = new TokenReader(text);
  for (const word of ['SELECT', '*', 'FROM', 'devices']) {
    if (word === '*') words.symbol(word);
    else words.word(word);
  }
  const condition = words.takeWord('WHERE') ? readCondition(words) : null;
  words.end();
  return condition === null ? ALL : deviceFilterOf(text, condition);
}

/** No terms: nothing is asked. */
const ALL: DeviceFilter = { kind: 'and', terms: [] };

/** As a person would write it; read again, it is the same filter. */
export function formatGroupFilter(filter: DeviceFilter): string {
  const everything = 'SELECT * FROM devices';
  return filter.kind === 'and' && filter.terms.length === 0 ? everything : `${everything} WHERE ${writeFilter(filter)}`;
}

/**
 * A condition that is about devices only. A group in it is what its filter says now.
 *
 * @throws QueryRefusal where it is about telemetry or time, or about a group that there is not
 */
export function deviceFilterOf(text: string, condition: Condition, groups?: FindsGroups): DeviceFilter {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return { kind: condition.kind, terms: condition.terms.map((term) => deviceFilterOf(text, term, groups)) };
    case 'not':
      return { kind: 'not', term: deviceFilterOf(text, condition.term, groups) };
    case 'window':
      throw refuse(text, condition.at, 'a window is of telemetry, and this is about devices');
    case 'isNull':
      return { kind: 'isNull', field: deviceField(text, condition.field) };
    case 'contains':
    case 'startsWith':
      return { kind: condition.kind, field: deviceField(text, condition.field), text: condition.text };
    case 'like':
      return likeFilter(text, condition);
    case 'in':
      if (groups !== undefined && isGroup(condition.field)) {
        return {
          kind: 'or',
          terms: condition.values.map((value) => groupFilter(text, groups, value, condition.valueAt)),
        };
      }
      return {
        kind: 'in',
        field: deviceField(text, condition.field),
        values: condition.values.map((value) => filterValue(text, condition.field, value, condition.valueAt)),
      };
    case 'compare':
      if (groups !== undefined && isGroup(condition.field)) return comparedGroup(text, groups, condition);
      return {
        kind: 'compare',
        field: deviceField(text, condition.field),
        operator: condition.operator,
        value: filterValue(text, condition.field, condition.value, condition.valueAt),
      };
    default:
      return condition satisfies never;
  }
}

/** Groups by id. */
export type FindsGroups = Pick<DeviceGroups, 'find'>;

function isGroup(field: Field): boolean {
  return field.kind === 'meta' && field.name === 'group';
}

function comparedGroup(
  text: string,
  groups: FindsGroups,
  condition: Extract<Condition, { kind: 'compare' }>,
): DeviceFilter {
  const filter = groupFilter(text, groups, condition.value, condition.valueAt);
  if (condition.operator === '=') return filter;
  if (condition.operator === '!=') return { kind: 'not', term: filter };
  throw refuse(text, condition.field.at, '$group is compared with = or !=, or with IN');
}

function groupFilter(text: string, groups: FindsGroups, groupId: Literal, at: Span): DeviceFilter {
  const group = groups.find(String(groupId));
  if (group !== undefined) return group.filter;
  throw refuse(text, at, 'there is no device group with this id');
}

function deviceField(text: string, field: Field): DeviceField {
  if (field.kind === 'path') return { kind: 'property', component: null, path: field.path };
  if (field.name !== 'ts' && field.name !== 'group') return { kind: 'meta', name: field.name };
  throw refuse(text, field.at, `$${field.name} is of telemetry queries, and no device has it`);
}

/** The directory finds texts by their begin and by a part of them; other patterns are of telemetry queries. */
function likeFilter(text: string, { field, pattern, valueAt }: Extract<Condition, { kind: 'like' }>): DeviceFilter {
  const device = deviceField(text, field);
  const [, before, middle, after] = /^(%?)([^%_]*)(%?)$/s.exec(pattern) ?? [];
  if (middle === undefined || (before !== '' && after === '')) {
    throw refuse(text, valueAt, "LIKE has the forms 'begin%' and '%part%'");
  }
  if (after === '') return { kind: 'compare', field: device, operator: '=', value: middle };
  return { kind: before === '' ? 'startsWith' : 'contains', field: device, text: middle };
}

/** What the platform knows has types, and a value of another would never match. */
export function filterValue(text: string, field: Field, value: Literal, at: Span): FilterValue {
  if (field.kind === 'path') return value;
  if (field.name in TIMES) {
    const time = typeof value === 'string' ? parseInstant(value) : value;
    if (typeof time === 'number') return time;
    throw refuse(text, at, `$${field.name} is compared with a time: '2026-01-31T00:00:00Z'`);
  }
  const wanted = field.name in SWITCHES ? 'boolean' : 'string';
  if (typeof value === wanted) return value;
  throw refuse(text, at, `$${field.name} is compared with ${wanted === 'boolean' ? 'true or false' : "a text in '…'"}`);
}

const TIMES = { createdTime: true, lastSeenTime: true } as const satisfies Partial<Record<DeviceMeta, true>>;
const SWITCHES = {
  enabled: true,
  provisioned: true,
  approved: true,
  simulated: true,
  connected: true,
} as const satisfies Partial<Record<DeviceMeta, true>>;

function writeFilter(filter: DeviceFilter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.map(writeTerm).join(filter.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return `NOT ${writeTerm(filter.term)}`;
    case 'compare':
      return `${writeDeviceField(filter.field)} ${filter.operator} ${writeValue(filter.field, filter.value)}`;
    case 'in':
      return `${writeDeviceField(filter.field)} IN [${filter.values.map((value) => writeValue(filter.field, value)).join(', ')}]`;
    case 'contains':
    case 'startsWith':
      return `${filter.kind.toUpperCase()}(${writeDeviceField(filter.field)}, ${writeLiteral(filter.text, '"')})`;
    case 'isNull':
      return `${writeDeviceField(filter.field)} IS NULL`;
    default:
      return filter satisfies never;
  }
}

function writeTerm(filter: DeviceFilter): string {
  return filter.kind === 'and' || filter.kind === 'or' ? `(${writeFilter(filter)})` : writeFilter(filter);
}

function writeDeviceField(field: DeviceField): string {
  if (field.kind === 'meta') return `$${field.name}`;
  return writeField([...(field.component === null ? [] : [field.component]), ...field.path]);
}

function writeValue(field: DeviceField, value: FilterValue): string {
  const isTime = field.kind === 'meta' && field.name in TIMES && typeof value === 'number';
  return writeLiteral(isTime ? new Date(value).toISOString() : value, '"');
}
