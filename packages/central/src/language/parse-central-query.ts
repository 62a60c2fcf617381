import { LIMITS } from '@viaduct/contracts';
import { parseDuration } from './iso-time.ts';
import {
  AGGREGATE_NAMES,
  type AggregateCall,
  type AggregateName,
  type CentralQuery,
  type Condition,
  type Field,
  type GroupKey,
  type OrderKey,
  type QuerySource,
  type SelectItem,
} from './query-syntax.ts';
import { readCondition, readDuration, readField, readLiteral, readPathField } from './read-condition.ts';
import { refuse, refuseTooMuch } from './refuse.ts';
import { TokenReader } from './token-reader.ts';

/**
 * A query of IoT Central, and what this server knows beyond. Pure: what names mean is `resolveQuery`'s.
 *
 *     query  := SELECT [TOP n] item {, item} FROM source [WHERE condition] [GROUP BY key {, key}] [ORDER BY order {, order}]
 *     item   := ( field | aggregate ) [AS name]
 *     aggregate := SUM | MAX | MIN | COUNT | AVG | FIRST | LAST ( path )  |  PERCENTILE ( path , percent )
 *     source := devices | dtmi:… | urn:…          key := WINDOW ( duration ) | field
 *     order  := ( field | aggregate | alias ) [ASC | DESC]
 *
 * An alias in WHERE or ORDER BY stands for what it names; it is gone from the tree.
 *
 * @throws QueryRefusal query.invalid, query.limitExceeded
 */
export function parseCentralQuery(text: string): CentralQuery {
  const words = new TokenReader(text);
  words.word('SELECT');
  const top = isTop(words) ? readTop(words) : null;
  const items = readItems(words);
  words.word('FROM');
  const source = readSource(words);
  const named = new Map(items.filter(({ hasAlias }) => hasAlias).map(({ name, value }) => [name, value]));
  const where = words.takeWord('WHERE') ? withoutAliases(text, readCondition(words), named) : null;
  const groupBy = readGroupBy(words);
  const orderBy = readOrderBy(words, named);
  words.end();
  const query: CentralQuery = { top, items, source, where, groupBy, orderBy };
  checkGroups(text, query);
  return query;
}

/** Whether rows are counted together: by GROUP BY, or all of them. */
export function isGrouped({ items, groupBy, orderBy }: CentralQuery): boolean {
  return groupBy.length > 0 || [...items.map(({ value }) => value), ...orderBy.map(({ by }) => by)].some(isAggregate);
}

export function isAggregate(value: Field | AggregateCall): value is AggregateCall {
  return value.kind === 'aggregate';
}

/** A telemetry may be called `top`: then no number follows. */
function isTop(words: TokenReader): boolean {
  return (
    words.isWord('TOP') &&
    !['FROM', 'AS'].some((word) => words.isWord(word, 1)) &&
    ![',', '.'].some((sign) => words.isSymbol(sign, 1))
  );
}

function readTop(words: TokenReader): number {
  words.word('TOP');
  const at = words.at;
  const top = words.takeNumber();
  if (top !== undefined && Number.isInteger(top) && top >= 1 && top <= LIMITS.CENTRAL_QUERY_ROWS_MAX) return top;
  throw refuse(words.text, at, `TOP is followed by a number from 1 to ${LIMITS.CENTRAL_QUERY_ROWS_MAX}`);
}

function readItems(words: TokenReader): SelectItem[] {
  if (words.isSymbol('*')) throw refuse(words.text, words.at, 'name what is selected; there is no * here');
  const items: SelectItem[] = [];
  const names = new Set<string>();
  do {
    const at = words.at;
    const item = readItem(words);
    if (names.has(item.name)) {
      throw refuse(
        words.text,
        words.since(at),
        `another column is called ${JSON.stringify(item.name)} already; give one a name of its own with AS`,
      );
    }
    names.add(item.name);
    items.push(item);
    if (items.length > LIMITS.CENTRAL_QUERY_ITEMS_MAX) {
      throw refuseTooMuch(words.text, at, `a query selects at most ${LIMITS.CENTRAL_QUERY_ITEMS_MAX} things`);
    }
  } while (words.takeSymbol(','));
  return items;
}

function readItem(words: TokenReader): SelectItem {
  const value = readValue(words);
  if (!words.takeWord('AS')) return { value, name: columnName(value), hasAlias: false };
  const at = words.at;
  const name = words.takeName() ?? words.takeText();
  if (name === undefined || name === '') throw words.expected('a name after AS');
  if (name.startsWith('$')) throw refuse(words.text, at, 'a name after AS does not begin with $');
  return { value, name, hasAlias: true };
}

export function columnName(value: Field | AggregateCall): string {
  if (value.kind === 'meta') return `$${value.name}`;
  return isAggregate(value) ? `${value.name.toLowerCase()}_${value.field.path.join('.')}` : value.path.join('.');
}

function readValue(words: TokenReader): Field | AggregateCall {
  const name = AGGREGATE_NAMES.find((each) => words.isWord(each) && words.isSymbol('(', 1));
  return name === undefined ? readField(words) : readAggregate(words, name);
}

function readAggregate(words: TokenReader, name: AggregateName): AggregateCall {
  const begin = words.at;
  words.takeName();
  words.symbol('(');
  const field = readPathField(words);
  const percent = name === 'PERCENTILE' ? readPercent(words) : undefined;
  words.symbol(')');
  return { kind: 'aggregate', name, field, ...(percent !== undefined && { percent }), at: words.since(begin) };
}

function readPercent(words: TokenReader): number {
  words.symbol(',');
  const at = words.at;
  const percent = readLiteral(words);
  if (typeof percent === 'number' && percent >= 0 && percent <= 100) return percent;
  throw refuse(words.text, at, 'a percentile is a number from 0 to 100');
}

function readSource(words: TokenReader): QuerySource {
  const at = words.at;
  if (words.takeWord('devices')) return { kind: 'devices' };
  const templateId = words.takeTemplateId() ?? words.takeText();
  if (templateId === undefined) throw words.expected('the id of a device template (dtmi:…), or devices');
  return { kind: 'template', templateId, at };
}

function readGroupBy(words: TokenReader): GroupKey[] {
  const keys: GroupKey[] = [];
  if (!words.takeWord('GROUP')) return keys;
  words.word('BY');
  do {
    const at = words.at;
    const key = readGroupKey(words);
    if (key.kind === 'window' && keys.some(({ kind }) => kind === 'window')) {
      throw refuse(words.text, words.since(at), 'a query has one WINDOW');
    }
    keys.push(key);
    if (keys.length > LIMITS.QUERY_KEYS_MAX)
      throw refuseTooMuch(words.text, at, `GROUP BY has at most ${LIMITS.QUERY_KEYS_MAX} parts`);
  } while (words.takeSymbol(','));
  return keys;
}

function readGroupKey(words: TokenReader): GroupKey {
  if (!words.isWord('WINDOW') || !words.isSymbol('(', 1)) return readField(words);
  const begin = words.at;
  words.takeName();
  words.symbol('(');
  const durationAt = words.at;
  const duration = readDuration(words);
  const { months, ms } = parseDuration(duration)!;
  if (months > 0 && ms > 0) throw refuse(words.text, durationAt, 'a window is of months, or of days and less');
  words.symbol(')');
  return { kind: 'window', duration, at: words.since(begin) };
}

function readOrderBy(words: TokenReader, named: ReadonlyMap<string, SelectItem['value']>): OrderKey[] {
  const keys: OrderKey[] = [];
  if (!words.takeWord('ORDER')) return keys;
  words.word('BY');
  do {
    const at = words.at;
    const written = readValue(words);
    const by = (written.kind === 'path' && written.path.length === 1 && named.get(written.path[0]!)) || written;
    const descending = !words.takeWord('ASC') && words.takeWord('DESC');
    keys.push({ by, descending });
    if (keys.length > LIMITS.QUERY_KEYS_MAX)
      throw refuseTooMuch(words.text, at, `ORDER BY has at most ${LIMITS.QUERY_KEYS_MAX} parts`);
  } while (words.takeSymbol(','));
  return keys;
}

function withoutAliases(
  text: string,
  condition: Condition,
  named: ReadonlyMap<string, SelectItem['value']>,
): Condition {
  if (condition.kind === 'window') return condition;
  if (condition.kind === 'not') return { kind: 'not', term: withoutAliases(text, condition.term, named) };
  if ('terms' in condition) {
    return { kind: condition.kind, terms: condition.terms.map((term) => withoutAliases(text, term, named)) };
  }
  const { field } = condition;
  const value = field.kind === 'path' && field.path.length === 1 ? named.get(field.path[0]!) : undefined;
  if (value === undefined) return condition;
  if (isAggregate(value))
    throw refuse(text, field.at, 'WHERE is asked of each message, before anything is counted; this name is of a count');
  return { ...condition, field: { ...value, at: field.at } };
}

/** Who counts over messages can name only what is the same in all of them. */
function checkGroups(text: string, query: CentralQuery): void {
  if (!isGrouped(query)) return;
  const keys = new Set(query.groupBy.flatMap((key) => (key.kind === 'window' ? ['$ts'] : [columnName(key)])));
  for (const value of [...query.items.map((item) => item.value), ...query.orderBy.map(({ by }) => by)]) {
    if (isAggregate(value) || keys.has(columnName(value))) continue;
    const hint =
      value.kind === 'meta' && value.name === 'ts'
        ? 'add GROUP BY WINDOW(PT1H)'
        : `add it to GROUP BY, or count it: AVG(${columnName(value)})`;
    throw refuse(text, value.at, `beside what is counted stands only what GROUP BY names; ${hint}`);
  }
  for (const key of query.groupBy) {
    if (key.kind === 'meta' && (key.name === 'ts' || key.name === 'group'))
      throw refuse(text, key.at, `GROUP BY WINDOW(PT1H) groups by time; $${key.name} does not`);
  }
}
