import type { DeviceFilter, DeviceMeta } from '../directory/device-filter.ts';
import { filterValue } from './group-filter.ts';
import type { MetaField, Operator, Span } from './query-syntax.ts';
import { readLiteral } from './read-condition.ts';
import { refuse } from './refuse.ts';
import { TokenReader } from './token-reader.ts';

/**
 * The `filter` of a REST list of devices: the part of OData that IoT Central has.
 *
 *     filter := conjunction {or conjunction}     conjunction := negation {and negation}     negation := {not} term
 *     term   := ( filter ) | field ( eq | ne | lt | le | gt | ge ) literal
 *             | indexof(field, 'text') [ne -1 | ge 0 | eq -1 | eq 0] | contains(field, 'text') [eq true | eq false] | startswith(field, 'text')
 *
 * @throws QueryRefusal query.invalid, query.limitExceeded
 */
export function parseListFilter(text: string): DeviceFilter {
  const words = new TokenReader(text, 'odata');
  const filter = readFilter(words);
  words.end();
  return filter;
}

export interface ListOrder {
  readonly field: DeviceMeta;
  readonly descending: boolean;
}

/** `displayName`, `displayName desc`, `id asc`: one field. @throws QueryRefusal query.invalid */
export function parseListOrder(text: string): ListOrder {
  const words = new TokenReader(text, 'odata');
  const { name } = readListField(words);
  const descending = !words.takeWord('asc') && words.takeWord('desc');
  words.end();
  return { field: name, descending };
}

function readFilter(words: TokenReader): DeviceFilter {
  return words.deeper(() => {
    const terms = [readConjunction(words)];
    while (words.takeWord('or')) terms.push(readConjunction(words));
    return terms.length === 1 ? terms[0]! : { kind: 'or', terms };
  });
}

function readConjunction(words: TokenReader): DeviceFilter {
  const terms = [readNegation(words)];
  while (words.takeWord('and')) terms.push(readNegation(words));
  return terms.length === 1 ? terms[0]! : { kind: 'and', terms };
}

function readNegation(words: TokenReader): DeviceFilter {
  if (!words.takeWord('not')) return readTerm(words);
  return words.deeper(() => ({ kind: 'not', term: readNegation(words) }));
}

function readTerm(words: TokenReader): DeviceFilter {
  if (words.takeSymbol('(')) {
    const inner = readFilter(words);
    words.symbol(')');
    return inner;
  }
  for (const name of FUNCTIONS) if (words.isWord(name) && words.isSymbol('(', 1)) return readFunction(words, name);
  const field = readListField(words);
  const operator = readOperator(words);
  const at = words.at;
  if (words.takeWord('null')) return nullTest(words, field, operator, at);
  return {
    kind: 'compare',
    field: metaOf(field),
    operator,
    value: filterValue(words.text, field, readLiteral(words), at),
  };
}

function nullTest(words: TokenReader, field: ListField, operator: Operator, at: Span): DeviceFilter {
  const isNull: DeviceFilter = { kind: 'isNull', field: metaOf(field) };
  if (operator === '=') return isNull;
  if (operator === '!=') return { kind: 'not', term: isNull };
  throw refuse(words.text, at, 'null goes with eq and ne');
}

const FUNCTIONS = ['indexof', 'contains', 'startswith'] as const;

function readFunction(words: TokenReader, name: (typeof FUNCTIONS)[number]): DeviceFilter {
  words.takeName();
  words.symbol('(');
  const field = metaOf(readListField(words));
  words.symbol(',');
  const text = words.takeText();
  if (text === undefined) throw words.expected("a text in '…'");
  words.symbol(')');
  const contains: DeviceFilter = { kind: name === 'startswith' ? 'startsWith' : 'contains', field, text };
  const isNegated = name === 'indexof' ? readsIndexOf(words) : readsBoolean(words);
  if (isNegated === 'begin') return { kind: 'startsWith', field, text };
  return isNegated ? { kind: 'not', term: contains } : contains;
}

/** What an index is asked for: whether there is one, or whether the text begins so. */
function readsIndexOf(words: TokenReader): boolean | 'begin' {
  const at = words.at;
  if (!OPERATORS.some(([word]) => words.isWord(word))) return false;
  const operator = readOperator(words);
  const index = words.takeNumber();
  if (operator === '=' && index === 0) return 'begin';
  if ((operator === '=' && index === -1) || (operator === '<' && index === 0)) return true;
  if (index === (operator === '>=' ? 0 : -1) && ['!=', '>', '>='].includes(operator)) return false;
  throw refuse(words.text, words.since(at), 'indexof is compared with -1 or 0: indexof(…) ne -1');
}

function readsBoolean(words: TokenReader): boolean {
  if (!words.takeWord('eq')) return false;
  if (words.takeWord('true')) return false;
  words.word('false');
  return true;
}

interface ListField extends MetaField {
  readonly name: DeviceMeta;
}

function readListField(words: TokenReader): ListField {
  const at = words.at;
  const written = words.takeName();
  if (written === undefined) throw words.expected(`a field: ${Object.keys(FIELDS).join(', ')}`);
  const name = Object.entries(FIELDS).find(([field]) => field.toLowerCase() === written.toLowerCase())?.[1];
  if (name !== undefined) return { kind: 'meta', name, at };
  throw refuse(words.text, at, `lists have no field ${written}, only ${Object.keys(FIELDS).join(', ')}`);
}

/** As REST names them. */
const FIELDS: Readonly<Record<string, DeviceMeta>> = {
  ...{ id: 'id', displayName: 'displayName', enabled: 'enabled', provisioned: 'provisioned', simulated: 'simulated' },
  ...{ template: 'template', scopes: 'organization', organizations: 'organization', type: 'type', etag: 'etag' },
  ...{ approved: 'approved', connected: 'connected', createdTime: 'createdTime', lastSeenTime: 'lastSeenTime' },
};

function metaOf({ name }: ListField) {
  return { kind: 'meta', name } as const;
}

function readOperator(words: TokenReader): Operator {
  for (const [word, operator] of OPERATORS) if (words.takeWord(word)) return operator;
  throw words.expected('eq, ne, lt, le, gt or ge');
}

const OPERATORS: readonly (readonly [string, Operator])[] = [
  ['eq', '='],
  ['ne', '!='],
  ['lt', '<'],
  ['le', '<='],
  ['gt', '>'],
  ['ge', '>='],
];
