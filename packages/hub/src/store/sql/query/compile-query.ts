import { LIMITS } from '@viaduct/contracts';
import { type RawBuilder, sql } from 'kysely';
import {
  type Aggregate,
  type Expression,
  isGrouped,
  type Path,
  type Query,
  type QueryColumn,
  type Selection,
} from '../../../core/query/expression.ts';
import { JOB_FIELDS } from '../../../core/query/twin-fields.ts';
import { balanced, ExpressionCompiler } from './compile-expression.ts';
import type { Equality } from './find-equalities.ts';
import { JobColumns } from './job-columns.ts';
import type { QueryDialect, Sql } from './sql-value.ts';
import { COMMANDS_WAITING, configurationsOf, TwinColumns } from './twin-columns.ts';

/** A value of a sort key, as a database gives it back. */
export type KeyValue = string | number | null;

export type ColumnType = 'number' | 'text' | 'boolean' | 'json';

/** How the rows of a statement become the items of an answer. */
export type RowShape =
  | { readonly kind: 'twins' }
  | { readonly kind: 'identities' }
  | { readonly kind: 'columns'; readonly columns: readonly { readonly name: string; readonly type: ColumnType }[] };

export interface CompiledQuery {
  readonly statement: RawBuilder<unknown>;
  readonly shape: RowShape;
  /** Columns `k0`, `k1`, … of a row say where the next page begins. */
  readonly keys: number;
}

export interface Page {
  readonly limit: number;
  /** The keys of the last row that was read; null for the first page. */
  readonly after: readonly KeyValue[] | null;
}

/** An index that answers a part of the condition. */
export interface IndexUse extends Pick<Equality, 'values' | 'rest'> {
  readonly id: number;
}

/** Tables that rows may be looked at along: values by an index, twins, the registry. */
type Driver = 'v' | 't' | 'i';

interface Rows {
  readonly driver: Driver;
  readonly conditions: readonly Sql[];
  /** Each of them in order of identity; together they are the rows. */
  readonly branches: readonly Sql[];
}

interface SortKey {
  readonly sql: Sql;
  readonly descending: boolean;
}

/**
 * Queries over twins as SQL. A page begins after the keys of the last row of the page before, whatever happened to the rows before
 * it meanwhile; without ORDER BY the keys are the identity's, and what is read first is read in that order: an index by value and then
 * identity, or a table along its primary key. So a page costs what its rows cost.
 */
export class QueryCompiler {
  readonly #dialect: QueryDialect;
  readonly #everyRow: Sql | null;

  /** `everyRow` is asked for every row that is looked at: a database that cannot be interrupted otherwise stops there. */
  constructor(dialect: QueryDialect, everyRow: Sql | null = null) {
    this.#dialect = dialect;
    this.#everyRow = everyRow;
  }

  query(query: Query, page: Page, index: IndexUse | null): CompiledQuery {
    if (query.source === 'devices.jobs') return this.#jobs(query, page);
    return isGrouped(query) ? this.#grouped(query, page, index) : this.#plain(query, page, index);
  }

  /** Identities alone, in their order. */
  identities(selection: Selection, page: Page, index: IndexUse | null): CompiledQuery {
    return this.#plain({ ...selection, orderBy: [], columns: [] }, page, index, { kind: 'identities' });
  }

  count(selection: Selection, index: IndexUse | null): CompiledQuery {
    const columns: QueryColumn[] = [{ name: 'count', value: { kind: 'aggregate', name: 'COUNT', argument: null } }];
    return this.#grouped({ ...selection, columns, groupBy: [], orderBy: [] }, { limit: 1, after: null }, index);
  }

  #plain(
    query: Pick<Query, 'columns' | 'orderBy' | 'where'> & { readonly source: Query['source'] },
    { limit, after }: Page,
    index: IndexUse | null,
    shape?: RowShape,
  ): CompiledQuery {
    const twins = new TwinColumns(this.#dialect);
    const compiler = new ExpressionCompiler(this.#dialect, (path) => twins.value(path));
    const isByIdentity = query.orderBy.length === 0;
    const rows = this.#rows(query, compiler, twins, index, isByIdentity);
    const columns = query.columns?.map(({ name, value }) => ({
      name,
      ...compiler.column(compiler.value(asExpression(value))),
    }));
    const orderKeys = query.orderBy.flatMap(({ by, descending }) =>
      compiler.sortKeys(compiler.value(asExpression(by))).map((key) => ({ sql: key, descending })),
    );
    const keys: SortKey[] = [...orderKeys, ...identityKeys(query.source, rows.driver)];
    const selected = [
      ...(columns === undefined
        ? [...TWIN_DOCUMENT, sql`${configurationsOf(this.#dialect)} as configurations`]
        : columns.map(({ sql: value }, i) => sql`${value} as ${columnName(i)}`)),
      ...keys.map(({ sql: key }, i) => sql`${key} as ${keyName(i)}`),
    ];
    if (columns === undefined) twins.joined.add('identity').add('presence');
    const from = fromClause(twins, rows.driver);
    // In order of identity the place is found by it; any other order has to be made, and is cut afterwards.
    const place = isByIdentity && after !== null ? [afterIdentity(query.source, rows.driver, after)] : [];
    const selects = rows.branches.map((branch) => {
      const where = balanced([branch, ...rows.conditions, ...place], sql` and `);
      return sql`select ${sql.join(selected)} from ${from} where ${where}`;
    });
    // Branches that come in order are merged as they are read, and no further than the page goes.
    const inner = sql.join(selects, sql` union all `);
    const statement = isByIdentity
      ? sql`${inner} order by ${orderOf(namedKeys(keys))} limit ${limit}`
      : sorted(inner, keys, { limit, after });
    return { statement, keys: keys.length, shape: shape ?? shapeOf(columns) };
  }

  #grouped(
    query: Pick<Query, 'columns' | 'orderBy' | 'where' | 'groupBy'> & { readonly source: Query['source'] },
    page: Page,
    index: IndexUse | null,
  ): CompiledQuery {
    const twins = new TwinColumns(this.#dialect);
    const compiler = new ExpressionCompiler(this.#dialect, (path) => twins.value(path));
    const rows = this.#rows(query, compiler, twins, index, false);
    const columns = (query.columns ?? []).map(({ name, value }) => ({ name, ...overRows(compiler, value) }));
    const groups = query.groupBy.map((path) => compiler.column(compiler.value(path)).sql);
    const orderKeys = query.orderBy.flatMap(({ by, descending }) =>
      (by.kind === 'aggregate' ? [overRows(compiler, by).sql] : compiler.sortKeys(compiler.value(by))).map((key) => ({
        sql: key,
        descending,
      })),
    );
    const keys: SortKey[] = [...orderKeys, ...groups.map((group) => ({ sql: group, descending: false }))];
    const selected = [
      ...columns.map(({ sql: value }, i) => sql`${value} as ${columnName(i)}`),
      ...keys.map(({ sql: key }, i) => sql`${key} as ${keyName(i)}`),
    ];
    const from = fromClause(twins, rows.driver);
    const where = balanced([...rows.branches, ...rows.conditions], sql` and `);
    const named = groups.map((_, i) => keyName(orderKeys.length + i));
    const grouping = groups.length === 0 ? sql`` : sql` group by ${sql.join(named)}`;
    const inner = sql`select ${sql.join(selected)} from ${from} where ${where}${grouping}`;
    const statement = keys.length === 0 ? inner : sorted(inner, keys, page);
    return { statement, keys: keys.length, shape: shapeOf(columns) };
  }

  /** Rows of jobs, whole; along the key of their table, which begins with the job. */
  #jobs({ where, orderBy }: Pick<Query, 'where' | 'orderBy'>, { limit, after }: Page): CompiledQuery {
    const jobs = new JobColumns(this.#dialect);
    const compiler = new ExpressionCompiler(this.#dialect, (path) => jobs.value(path));
    const columns = JOB_FIELDS.map((name) => {
      const path: Path = { kind: 'path', scope: 'field', steps: [name], at: { offset: 0, length: 0 } };
      return { name, ...compiler.column(jobs.value(path)) };
    });
    const orderKeys = orderBy.flatMap(({ by, descending }) =>
      compiler.sortKeys(compiler.value(asExpression(by))).map((key) => ({ sql: key, descending })),
    );
    const keys: SortKey[] = [...orderKeys, ...JOB_KEYS.map((key) => ({ sql: key, descending: false }))];
    const selected = [
      ...columns.map(({ sql: value }, i) => sql`${value} as ${columnName(i)}`),
      ...keys.map(({ sql: key }, i) => sql`${key} as ${keyName(i)}`),
    ];
    const everyRow = this.#everyRow === null ? [] : [this.#everyRow];
    const isByKey = orderBy.length === 0;
    const place = isByKey && after !== null ? [sql`(${sql.join(JOB_KEYS)}) > (${sql.join([...after])})`] : [];
    const condition = where === null ? [] : [compiler.condition(where)];
    const conditions = balanced([sql`1`, ...everyRow, ...condition, ...place], sql` and `);
    const inner = sql`select ${sql.join(selected)} from job_device as d cross join job as j on j.job_id = d.job_id
      where ${conditions}`;
    const statement = isByKey
      ? sql`${inner} order by ${orderOf(namedKeys(keys))} limit ${limit}`
      : sorted(inner, keys, { limit, after });
    return { statement, keys: keys.length, shape: shapeOf(columns) };
  }

  /** Which rows, and along what they are looked at. With `inOrder` there may be several branches. */
  #rows(
    { source, where }: { readonly source: Query['source']; readonly where: Expression | null },
    compiler: ExpressionCompiler,
    twins: TwinColumns,
    index: IndexUse | null,
    inOrder: boolean,
  ): Rows {
    const rest = index === null ? where : index.rest;
    const condition = rest === null ? [] : [compiler.condition(rest)];
    // Rows are looked at along what decides: the twin when its JSON is asked about, else the smaller registry.
    const isOfTwin = twins.readsTwin || twins.joined.size === 0;
    const driver = index !== null ? 'v' : isOfTwin ? 't' : 'i';
    const everyRow = this.#everyRow === null ? [] : [this.#everyRow];
    const ofSource = sql`${columnOf(driver, 'module_id')} ${source === 'devices' ? sql`=` : sql`<>`} ''`;
    const conditions = [...everyRow, ...condition];
    if (index === null) return { driver, conditions, branches: [ofSource] };
    const values = index.values.map(indexedValue);
    const merged = inOrder && values.length <= LIMITS.QUERY_INDEX_MERGED_MAX;
    const fits = merged ? values.map((value) => sql`v.value = ${value}`) : [sql`v.value in (${sql.join(values)})`];
    return {
      driver,
      conditions,
      branches: fits.map((each) => sql`v.path_id = ${index.id} and ${each} and ${ofSource}`),
    };
  }
}

const JOB_KEYS: readonly Sql[] = [sql`d.job_id`, sql`d.device_id`, sql`d.module_id`];

/** What `serviceTwinDocument` needs, except keys. */
const TWIN_DOCUMENT: readonly Sql[] = [
  sql`t.version, t.etag, t.tags, t.desired, t.desired_metadata, t.desired_version`,
  sql`t.reported, t.reported_metadata, t.reported_version, t.revision`,
  sql`i.etag as device_etag, i.status, i.status_reason, i.status_updated_time, i.authentication_type`,
  sql`i.primary_thumbprint, i.secondary_thumbprint, i.iot_edge, i.device_scope, i.parent_scopes, i.model_id`,
  sql`p.connected, p.connection_state_updated_time, p.last_activity_time, ${COMMANDS_WAITING} as commands_waiting`,
  sql`t.device_id, t.module_id`,
];

function shapeOf(columns: readonly { readonly name: string; readonly type: ColumnType }[] | undefined): RowShape {
  if (columns === undefined) return { kind: 'twins' };
  return { kind: 'columns', columns: columns.map(({ name, type }) => ({ name, type })) };
}

/** The tables in the order in which they are read. */
function fromClause({ joined }: TwinColumns, driver: Driver): Sql {
  const identity = sql`identity as i on i.device_id = t.device_id and i.module_id = t.module_id`;
  const presence = joined.has('presence')
    ? sql` left join presence as p on p.device_id = t.device_id and p.module_id = t.module_id`
    : sql``;
  const registered = joined.has('identity') ? sql` cross join ${identity}` : sql``;
  switch (driver) {
    case 'v':
      return sql`twin_value as v cross join twin as t on t.device_id = v.device_id and t.module_id = v.module_id
        ${registered}${presence}`;
    case 't':
      return sql`twin as t${registered}${presence}`;
    case 'i':
      return sql`identity as i cross join twin as t on t.device_id = i.device_id and t.module_id = i.module_id${presence}`;
    default:
      return driver satisfies never;
  }
}

function columnOf(driver: Driver, column: 'device_id' | 'module_id'): Sql {
  return sql.ref(`${driver}.${column}`);
}

function identityKeys(source: Query['source'], driver: Driver): readonly SortKey[] {
  const device = { sql: columnOf(driver, 'device_id'), descending: false };
  return source === 'devices' ? [device] : [device, { sql: columnOf(driver, 'module_id'), descending: false }];
}

function afterIdentity(source: Query['source'], driver: Driver, [deviceId, moduleId]: readonly KeyValue[]): Sql {
  const [device, module] = [columnOf(driver, 'device_id'), columnOf(driver, 'module_id')];
  return source === 'devices' ? sql`${device} > ${deviceId}` : sql`(${device}, ${module}) > (${deviceId}, ${moduleId})`;
}

/** As the triggers write it. */
function indexedValue(value: string | number | boolean): Sql {
  if (typeof value !== 'boolean') return sql`${value}`;
  return value ? sql`x'01'` : sql`x'00'`;
}

function namedKeys(keys: readonly SortKey[]): SortKey[] {
  return keys.map(({ descending }, i) => ({ sql: keyName(i), descending }));
}

function sorted(inner: Sql, keys: readonly SortKey[], { limit, after }: Page): Sql {
  const named = namedKeys(keys);
  const place = after === null ? sql`` : sql` where ${beyond(named, after)}`;
  return sql`select * from (${inner})${place} order by ${orderOf(named)} limit ${limit}`;
}

function orderOf(keys: readonly SortKey[]): Sql {
  return sql.join(keys.map(({ sql: key, descending }) => (descending ? sql`${key} desc` : key)));
}

/** Rows after `values` in the order of the keys: further at the first key, or the same there and further at the second, … */
function beyond(keys: readonly SortKey[], values: readonly KeyValue[]): Sql {
  const alternatives = keys.map((key, i) => {
    const same = keys.slice(0, i).map((earlier, j) => sql`${earlier.sql} is ${values[j] ?? null}`);
    return balanced([...same, furtherThan(key, values[i] ?? null)], sql` and `);
  });
  return balanced(alternatives, sql` or `);
}

/** NULL comes before every value, and with `desc` after them. */
function furtherThan({ sql: key, descending }: SortKey, value: KeyValue): Sql {
  if (value === null) return descending ? sql`0` : sql`${key} is not null`;
  return descending ? sql`(${key} < ${value} or ${key} is null)` : sql`${key} > ${value}`;
}

function overRows(
  compiler: ExpressionCompiler,
  value: QueryColumn['value'],
): { readonly type: ColumnType; readonly sql: Sql } {
  if (value.kind !== 'aggregate') return compiler.column(compiler.value(value));
  const { name, argument } = value;
  if (argument === null) return { type: 'number', sql: sql`count(*)` };
  const operand = compiler.value(argument);
  switch (name) {
    case 'COUNT':
      return { type: 'number', sql: sql`count(${compiler.column(operand).sql})` };
    case 'SUM':
      return { type: 'number', sql: sql`sum(${compiler.aggregated(operand, 'numbers')} * 1.0)` };
    case 'AVG':
      return { type: 'number', sql: sql`avg(${compiler.aggregated(operand, 'numbers')})` };
    case 'MIN':
      return { type: 'number', sql: sql`min(${compiler.aggregated(operand, 'numbersAndTexts')})` };
    case 'MAX':
      return { type: 'number', sql: sql`max(${compiler.aggregated(operand, 'numbersAndTexts')})` };
    default:
      return name satisfies never;
  }
}

/** The parser lets aggregates stand only where rows are counted. */
function asExpression(value: Expression | Aggregate): Expression {
  if (value.kind === 'aggregate') throw new TypeError('an aggregate outside of a query that counts');
  return value;
}

function columnName(index: number): Sql {
  return sql.ref(`c${index}`);
}

function keyName(index: number): Sql {
  return sql.ref(`k${index}`);
}
