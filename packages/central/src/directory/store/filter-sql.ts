import { HubError } from '@viaduct/contracts';
import type { DeviceField, DeviceFilter, DeviceMeta, FilterValue } from '../device-filter.ts';
import { ValueSource, ValueType } from './directory-schema.ts';

/** A piece of SQL over `device`, and what stands for its `?`. */
export interface SqlPiece {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** Which `path_id` a property has; undefined when nobody ever said such a thing. */
export type FindPath = (path: string) => number | undefined;

type Term = Exclude<DeviceFilter, { kind: 'and' | 'or' | 'not' }>;

/**
 * A filter as a condition on rows of `device`, with parameters only. A negation is pushed down to the terms, because a field that a device does
 * not have matches nothing, whatever is asked of it.
 *
 * @throws HubError argument.invalid: a time that is none
 */
export function filterSql(filter: DeviceFilter, findPath: FindPath, isNegated = false): SqlPiece {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const isAnd = (filter.kind === 'and') !== isNegated;
      const terms = filter.terms.map((term) => filterSql(term, findPath, isNegated));
      if (terms.length === 0) return { sql: isAnd ? '1' : '0', parameters: [] };
      return {
        sql: `(${terms.map(({ sql }) => sql).join(isAnd ? ' AND ' : ' OR ')})`,
        parameters: terms.flatMap(({ parameters }) => parameters),
      };
    }
    case 'not':
      return filterSql(filter.term, findPath, !isNegated);
    default:
      return filter.field.kind === 'meta'
        ? metaTerm(filter, filter.field.name, isNegated)
        : propertyTerm(filter, filter.field, { findPath, isNegated });
  }
}

/** What each is in SQL. Null where a device has none. */
export const META_SQL: Readonly<Record<DeviceMeta, string>> = {
  id: 'device.device_id',
  displayName: 'device.display_name',
  template: 'device.template_id',
  enabled: 'device.enabled',
  provisioned: 'device.provisioned',
  approved: 'device.approved',
  simulated: 'device.simulated',
  connected: 'device.connected',
  organization: 'device.organization',
  type: "CASE device.is_edge WHEN 1 THEN 'iotEdge' END",
  etag: 'device.etag',
  createdTime: 'device.created_time',
  lastSeenTime: 'NULLIF(device.last_seen_time, 0)',
};

const TIMES: readonly DeviceMeta[] = ['createdTime', 'lastSeenTime'];
const FLAGS: readonly DeviceMeta[] = ['enabled', 'provisioned', 'approved', 'simulated', 'connected'];

function metaTerm(term: Term, meta: DeviceMeta, isNegated: boolean): SqlPiece {
  const column = META_SQL[meta];
  const not = isNegated ? 'NOT ' : '';
  switch (term.kind) {
    case 'compare': {
      const parameters = [metaValue(meta, term.value)];
      return { sql: `(${column} IS NOT NULL AND ${not}(${column} ${sqlOperator(term.operator)} ?))`, parameters };
    }
    case 'in': {
      const parameters = term.values.map((value) => metaValue(meta, value));
      const places = parameters.map(() => '?').join(', ');
      return { sql: `(${column} IS NOT NULL AND ${column} ${not}IN (${places}))`, parameters };
    }
    case 'contains':
    case 'startsWith':
      return textTerm(term, column, `${column} IS NOT NULL`, not);
    case 'isNull':
      return { sql: `(${column} IS ${isNegated ? 'NOT ' : ''}NULL)`, parameters: [] };
    default:
      return term satisfies never;
  }
}

function metaValue(meta: DeviceMeta, value: FilterValue): string | number {
  if (TIMES.includes(meta)) return timeOf(value);
  if (FLAGS.includes(meta)) return value === true || value === 'true' || value === 1 ? 1 : 0;
  // As the command line of Azure asks for one.
  if (meta === 'type' && value === 'EdgeDevice') return 'iotEdge';
  return typeof value === 'string' ? value : String(value);
}

function timeOf(value: FilterValue): number {
  const time = typeof value === 'number' ? value : Date.parse(String(value));
  if (Number.isNaN(time)) throw new HubError('argument.invalid', `${JSON.stringify(value)} is not a time`);
  return time;
}

function propertyTerm(
  term: Term,
  field: Extract<DeviceField, { kind: 'property' }>,
  { findPath, isNegated }: { readonly findPath: FindPath; readonly isNegated: boolean },
): SqlPiece {
  const pathId = findPath(pathOf(field));
  if (term.kind === 'isNull') {
    const has = pathId === undefined ? NOTHING : having(pathId, { sql: `v.type <> ${ValueType.null}`, parameters: [] });
    return isNegated ? has : { sql: `NOT ${has.sql}`, parameters: has.parameters };
  }
  if (pathId === undefined) return NOTHING;
  const condition = valueCondition(term);
  return having(pathId, isNegated ? { sql: `NOT ${condition.sql}`, parameters: condition.parameters } : condition);
}

/** Reported, or said to be so; desired only as long as nothing is reported of the same name. */
function having(pathId: number, { sql, parameters }: SqlPiece): SqlPiece {
  return {
    sql: `device.device IN (SELECT v.device FROM value v WHERE v.path_id = ? AND (v.source <> ${ValueSource.desired} OR NOT EXISTS (
      SELECT 1 FROM value r WHERE r.path_id = v.path_id AND r.device = v.device AND r.source = ${ValueSource.reported})) AND ${sql})`,
    parameters: [pathId, ...parameters],
  };
}

const NOTHING: SqlPiece = { sql: '0', parameters: [] };

function valueCondition(term: Exclude<Term, { kind: 'isNull' }>): SqlPiece {
  switch (term.kind) {
    case 'compare': {
      if (term.operator === '!=') {
        const equal = typedCompare('=', term.value);
        return { sql: `(v.type <> ${ValueType.null} AND NOT ${equal.sql})`, parameters: equal.parameters };
      }
      return typedCompare(term.operator, term.value);
    }
    case 'in': {
      const each = term.values.map((value) => typedCompare('=', value));
      if (each.length === 0) return NOTHING;
      return {
        sql: `(${each.map(({ sql }) => sql).join(' OR ')})`,
        parameters: each.flatMap(({ parameters }) => parameters),
      };
    }
    case 'contains':
    case 'startsWith':
      return textTerm(term, 'v.text', `v.type = ${ValueType.string}`, '');
    default:
      return term satisfies never;
  }
}

function typedCompare(operator: '=' | '<' | '<=' | '>' | '>=', value: FilterValue): SqlPiece {
  if (typeof value === 'string') {
    return { sql: `(v.type = ${ValueType.string} AND v.text ${operator} ?)`, parameters: [value] };
  }
  const type = typeof value === 'number' ? ValueType.number : ValueType.boolean;
  return { sql: `(v.type = ${type} AND v.number ${operator} ?)`, parameters: [Number(value)] };
}

function textTerm(
  term: { kind: 'contains' | 'startsWith'; text: string },
  column: string,
  exists: string,
  not: string,
) {
  // GLOB and LIKE have characters of their own; a comparison of what is there has none.
  const found =
    term.kind === 'contains' ? `instr(lower(${column}), lower(?)) > 0` : `instr(lower(${column}), lower(?)) = 1`;
  return { sql: `(${exists} AND ${not}(${found}))`, parameters: [term.text] };
}

function sqlOperator(operator: '=' | '!=' | '<' | '<=' | '>' | '>='): string {
  return operator === '!=' ? '<>' : operator;
}

/** As the rows of `path` name it. */
export function pathOf({
  component,
  path,
}: {
  readonly component: string | null;
  readonly path: readonly string[];
}): string {
  return [...(component === null ? [] : [component]), ...path].join('.');
}
