import { LIMITS } from '@viaduct/contracts';
import type { IToken } from 'chevrotain';
import {
  AGGREGATES,
  type Aggregate,
  type AggregateName,
  type Constant,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  isGrouped,
  type Path,
  partsOf,
  type Query,
  type QueryColumn,
  type QueryOrder,
  type QuerySource,
  type Selection,
  type TextSpan,
} from './expression.ts';
import { QueryRefusal, quoted } from './query-refusal.ts';
import { FIELDS } from './twin-fields.ts';

interface ParsedQuery {
  readonly top: number | null;
  readonly columns: readonly QueryColumn[] | null;
  readonly source: ParsedSource;
  readonly where: Expression | null;
  readonly groupBy: readonly Path[] | undefined;
  readonly orderBy: readonly QueryOrder[] | undefined;
}

interface ParsedSource {
  readonly source: QuerySource;
  readonly at: TextSpan;
}

/** What a path means in the text at hand: of a twin, or of a message. */
export type ReadsPaths = (text: string, path: Omit<Path, 'scope'>, aliases: ReadonlySet<string>) => Path;

/**
 * What the pieces of one text mean: which names there are, what goes together. The parser knows only in which order they stand.
 *
 * @throws QueryRefusal from every function, at the place
 */
export class QueryMeaning {
  readonly text: string;
  readonly #readPath: ReadsPaths;
  readonly #aliases = new Set<string>();

  constructor(text: string, readPath: ReadsPaths) {
    this.text = text;
    this.#readPath = readPath;
  }

  top(count: IToken): number {
    const top = Number(count.image);
    if (top >= 1 && top <= LIMITS.QUERY_TOP_MAX) return top;
    throw this.#refusal(spanOf(count), `TOP is followed by a number from 1 to ${LIMITS.QUERY_TOP_MAX}`);
  }

  source(first: IToken, second: IToken | undefined): ParsedSource {
    const at = { offset: first.startOffset, length: endOf(second ?? first) - first.startOffset };
    const name = (second === undefined ? first.image : `${first.image}.${second.image}`).toLowerCase();
    const source = SOURCES.find((each) => each === name);
    if (source === undefined) throw this.#refusal(at, `expected devices, devices.modules or devices.jobs after FROM`);
    return { source, at };
  }

  column(value: QueryColumn['value'], alias: string | undefined, position: number, begin: IToken): QueryColumn {
    const name = alias ?? nameOf(value) ?? `$${position}`;
    if (position > LIMITS.QUERY_COLUMNS_MAX) {
      throw this.#refusal(spanOf(begin), `a query has at most ${LIMITS.QUERY_COLUMNS_MAX} columns`);
    }
    if (this.#aliases.has(name)) {
      throw this.#refusal(
        spanOf(begin),
        `another column is called ${quoted(name)} already; give this one a name of its own with AS`,
      );
    }
    this.#aliases.add(name);
    return { name, value };
  }

  aggregate(token: IToken, argument: Expression | '*' | undefined): Aggregate {
    const name = token.image.toUpperCase() as AggregateName;
    const isOfRows = argument === undefined || argument === '*';
    if (isOfRows && name !== 'COUNT') throw this.#refusal(spanOf(token), `${name} has one argument: ${name}(tags.x)`);
    return { kind: 'aggregate', name, argument: isOfRows ? null : argument };
  }

  call(token: IToken, args: readonly Expression[]): Expression {
    const at = spanOf(token);
    const name = token.image.toUpperCase();
    if (isAggregate(token)) {
      throw this.#refusal(
        at,
        `${name} counts over rows: it stands in SELECT or ORDER BY, alone, and not inside anything`,
      );
    }
    if (!Object.hasOwn(FUNCTIONS, name)) throw this.#refusal(at, `there is no function ${token.image}`);
    const [min, max] = FUNCTIONS[name as FunctionName];
    if (args.length < min || args.length > max) {
      const wanted = min === max ? `${min}` : `${min} to ${max}`;
      throw this.#refusal(at, `${name} has ${wanted} argument${max === 1 ? '' : 's'}, and not ${args.length}`);
    }
    return { kind: 'call', name: name as FunctionName, args };
  }

  path(first: IToken, steps: readonly (string | number)[], at: TextSpan): Path {
    return this.#readPath(this.text, { kind: 'path', steps: [rootName(first), ...steps], at }, this.#aliases);
  }

  arrayIndex(token: IToken): number {
    const index = Number(token.image);
    if (index <= INDEX_MAX) return index;
    throw this.#refusal(spanOf(token), `an element of an array has a number up to ${INDEX_MAX}`);
  }

  negative(value: Constant, at: IToken): Constant {
    if (typeof value === 'number') return -value;
    throw this.#refusal(spanOf(at), 'expected a number after the minus');
  }

  selection({ source, at }: ParsedSource, where: Expression | null): Selection {
    if (source !== 'devices.jobs') return { source, where: this.#checked(where, source) };
    throw this.#refusal(
      at,
      'expected devices or devices.modules: a condition selects devices or modules, not rows of jobs',
    );
  }

  condition(where: Expression): Expression {
    return this.#checked(where);
  }

  query({ top, columns, source, where, groupBy = [], orderBy = [] }: ParsedQuery): Query {
    const named = new Map((columns ?? []).map(({ name, value }) => [name, value]));
    const query: Query = {
      ...{ text: this.text, source: source.source, top, columns, groupBy },
      where: this.#checked(where, source.source),
      orderBy: orderBy.map(({ by, descending }) => ({ by: columnNamed(by, named) ?? by, descending })),
    };
    for (const { value } of columns ?? []) this.#checked(value, source.source);
    for (const path of groupBy) this.#checked(path, source.source);
    for (const { by } of query.orderBy) this.#checked(by, source.source);
    this.#checkGroups(query);
    if (source.source === 'devices.jobs' && (columns !== null || groupBy.length > 0)) {
      throw this.#refusal(source.at, 'devices.jobs is asked for whole rows: SELECT * FROM devices.jobs');
    }
    return query;
  }

  /** Who counts over rows can name only what is the same in all of them. */
  #checkGroups(query: Query): void {
    const { groupBy, columns, orderBy } = query;
    if (Math.max(groupBy.length, orderBy.length) > LIMITS.QUERY_KEYS_MAX) {
      throw this.#refusal(this.#everything, `GROUP BY and ORDER BY have at most ${LIMITS.QUERY_KEYS_MAX} parts each`);
    }
    const isOverRows = isGrouped(query);
    if (isOverRows && columns === null)
      throw this.#refusal(this.#everything, 'GROUP BY goes with named columns, not with *');
    const keys = new Set(groupBy.map(keyOf));
    for (const value of [...(columns ?? []).map((column) => column.value), ...orderBy.map(({ by }) => by)]) {
      if (value.kind === 'aggregate') {
        if (isOverRows) continue;
        throw this.#refusal(this.#everything, `${value.name} goes with columns that count, or with GROUP BY`);
      }
      if (!isOverRows) continue;
      const single = strayPath(value, keys);
      if (single !== undefined) {
        throw this.#refusal(single.at, 'beside what counts over rows, a column is one of those in GROUP BY');
      }
    }
  }

  #checked<T extends Expression | Aggregate | null>(expression: T, source?: QuerySource): T {
    if (expression !== null && isDeeperThan(expression, LIMITS.QUERY_DEPTH_MAX)) {
      throw this.#refusal(this.#everything, `it is nested deeper than ${LIMITS.QUERY_DEPTH_MAX} levels`);
    }
    if (expression !== null && source !== undefined) this.#checkFields(expression, source);
    return expression;
  }

  /** Only now, for SELECT comes before FROM. */
  #checkFields(expression: Expression | Aggregate, source: QuerySource): void {
    if (expression.kind === 'path') {
      const [root] = expression.steps;
      if (FIELDS[source].includes(String(root))) return;
      throw this.#refusal(
        expression.at,
        `${source} has no field ${quoted(String(root))}; it has ${FIELDS[source].join(', ')}`,
      );
    }
    for (const part of partsOf(expression)) this.#checkFields(part, source);
  }

  get #everything(): TextSpan {
    return { offset: 0, length: this.text.length };
  }

  #refusal(at: TextSpan, why: string): QueryRefusal {
    return new QueryRefusal(this.text, at, why);
  }
}

const SOURCES = ['devices', 'devices.modules', 'devices.jobs'] as const satisfies readonly QuerySource[];
const INDEX_MAX = 1_000_000;

export function isAggregate({ image }: IToken): boolean {
  return (AGGREGATES as readonly string[]).includes(image.toUpperCase());
}

export function spanOf(token: IToken): TextSpan {
  return { offset: token.startOffset, length: endOf(token) - token.startOffset };
}

function endOf({ startOffset, image }: IToken): number {
  return startOffset + image.length;
}

function rootName({ image }: IToken): string {
  if (image.startsWith('[[')) return image.slice(2, -2);
  return image.startsWith('{') ? image.slice(1, -1) : image;
}

/** A column is called after the last member of its path. */
function nameOf(value: QueryColumn['value']): string | undefined {
  if (value.kind !== 'path') return undefined;
  const last = value.steps.at(-1);
  return typeof last === 'string' ? last : undefined;
}

function columnNamed(
  by: QueryOrder['by'],
  named: ReadonlyMap<string, QueryColumn['value']>,
): QueryColumn['value'] | undefined {
  const [name] = by.kind === 'path' && by.steps.length === 1 ? by.steps : [];
  return typeof name === 'string' ? named.get(name) : undefined;
}

function keyOf({ steps }: Path): string {
  return JSON.stringify(steps);
}

/** A path in `expression` that is not among the keys. */
function strayPath(expression: Expression, keys: ReadonlySet<string>): Path | undefined {
  if (expression.kind === 'path') return keys.has(keyOf(expression)) ? undefined : expression;
  for (const part of partsOf(expression)) {
    const stray = strayPath(part, keys);
    if (stray !== undefined) return stray;
  }
  return undefined;
}

function isDeeperThan(expression: Expression | Aggregate, levels: number): boolean {
  return levels === 0 || partsOf(expression).some((part) => isDeeperThan(part, levels - 1));
}
