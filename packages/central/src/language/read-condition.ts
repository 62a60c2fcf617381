import { LIMITS } from '@viaduct/contracts';
import { parseDuration, parseInstant } from './iso-time.ts';
import {
  type Condition,
  type Field,
  type Literal,
  META_NAMES,
  type Operator,
  type PathField,
  type Span,
  type TimeWindow,
} from './query-syntax.ts';
import { refuse, refuseTooMuch } from './refuse.ts';
import type { TokenReader } from './token-reader.ts';

/**
 * What follows WHERE, in a query and in the filter of a group.
 *
 *     condition  := conjunction {OR conjunction}         conjunction := negation {AND negation}
 *     negation   := {NOT} term
 *     term       := ( condition ) | CONTAINS ( field , text ) | STARTSWITH ( field , text ) | WITHIN_WINDOW ( duration | 'from/to' )
 *                 | field ( op literal | [NOT] IN [literal {, literal}] | [NOT] LIKE text | [NOT] BETWEEN literal AND literal | IS [NOT] NULL )
 *     field      := $name | step {. step}                step := name | ["any name"]
 */
export function readCondition(words: TokenReader): Condition {
  const terms = new TermCount();
  return readDisjunction(words, terms);
}

/** A filter of a hundred thousand terms is nobody's; its bound is a group's. */
class TermCount {
  #count = 0;

  add(words: TokenReader): void {
    if (++this.#count <= LIMITS.FILTER_TERMS_MAX) return;
    throw refuseTooMuch(words.text, words.at, `a condition has at most ${LIMITS.FILTER_TERMS_MAX} terms`);
  }
}

function readDisjunction(words: TokenReader, count: TermCount): Condition {
  return words.deeper(() => {
    const terms = [readConjunction(words, count)];
    while (words.takeWord('OR')) terms.push(readConjunction(words, count));
    return joined('or', terms);
  });
}

function readConjunction(words: TokenReader, count: TermCount): Condition {
  const terms = [readNegation(words, count)];
  while (words.takeWord('AND')) terms.push(readNegation(words, count));
  return joined('and', terms);
}

function readNegation(words: TokenReader, count: TermCount): Condition {
  if (!words.takeWord('NOT')) return readTerm(words, count);
  return words.deeper(() => ({ kind: 'not', term: readNegation(words, count) }));
}

function readTerm(words: TokenReader, count: TermCount): Condition {
  if (words.takeSymbol('(')) {
    const inner = readDisjunction(words, count);
    words.symbol(')');
    return inner;
  }
  count.add(words);
  if (words.isWord('WITHIN_WINDOW') && words.isSymbol('(', 1)) return readWithinWindow(words);
  if (words.isWord('CONTAINS') && words.isSymbol('(', 1)) return readTextFunction(words, 'contains');
  if (words.isWord('STARTSWITH') && words.isSymbol('(', 1)) return readTextFunction(words, 'startsWith');
  return readComparison(words, readField(words));
}

function readComparison(words: TokenReader, field: Field): Condition {
  for (const [symbol, operator] of OPERATORS) {
    if (!words.takeSymbol(symbol)) continue;
    const valueAt = words.at;
    if (operator === '=' && words.takeWord('NULL')) return { kind: 'isNull', field };
    if (operator === '!=' && words.takeWord('NULL')) return { kind: 'not', term: { kind: 'isNull', field } };
    return { kind: 'compare', field, operator, value: readLiteral(words), valueAt };
  }
  if (words.takeWord('IS')) {
    const isNegated = words.takeWord('NOT');
    words.word('NULL');
    return negatedIf(isNegated, { kind: 'isNull', field });
  }
  const isNegated = words.takeWord('NOT');
  if (words.takeWord('IN')) return negatedIf(isNegated, readIn(words, field));
  if (words.takeWord('LIKE')) return negatedIf(isNegated, readLike(words, field));
  if (words.takeWord('BETWEEN')) return negatedIf(isNegated, readBetween(words, field));
  throw words.expected('=, !=, <, <=, >, >=, IN, LIKE, BETWEEN or IS NULL');
}

const OPERATORS: readonly (readonly [string, Operator])[] = [
  ['=', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<=', '<='],
  ['<', '<'],
  ['>=', '>='],
  ['>', '>'],
];

/** `[…]` as Azure has it, or `(…)` as SQL has it. */
function readIn(words: TokenReader, field: Field): Condition {
  const begin = words.at;
  const close = words.takeSymbol('(') ? ')' : ']';
  if (close === ']') words.symbol('[');
  const values = [readLiteral(words)];
  while (words.takeSymbol(',')) values.push(readLiteral(words));
  words.symbol(close);
  return { kind: 'in', field, values, valueAt: words.since(begin) };
}

function readLike(words: TokenReader, field: Field): Condition {
  const valueAt = words.at;
  const pattern = words.takeText();
  if (pattern === undefined) throw words.expected("a text in '…'");
  if (pattern.length > LIMITS.LIKE_CHARACTERS_MAX) {
    throw refuseTooMuch(words.text, valueAt, `a pattern has at most ${LIMITS.LIKE_CHARACTERS_MAX} characters`);
  }
  return { kind: 'like', field, pattern, valueAt };
}

function readBetween(words: TokenReader, field: Field): Condition {
  const lowAt = words.at;
  const low = readLiteral(words);
  words.word('AND');
  const highAt = words.at;
  const high = readLiteral(words);
  return joined('and', [
    { kind: 'compare', field, operator: '>=', value: low, valueAt: lowAt },
    { kind: 'compare', field, operator: '<=', value: high, valueAt: highAt },
  ]);
}

function readTextFunction(words: TokenReader, kind: 'contains' | 'startsWith'): Condition {
  words.takeName();
  words.symbol('(');
  const field = readField(words);
  words.symbol(',');
  const text = words.takeText();
  if (text === undefined) throw words.expected("a text in '…'");
  words.symbol(')');
  return { kind, field, text };
}

function readWithinWindow(words: TokenReader): Condition {
  const begin = words.at;
  words.takeName();
  words.symbol('(');
  const window = readTimeWindow(words);
  words.symbol(')');
  return { kind: 'window', window, at: words.since(begin) };
}

function readTimeWindow(words: TokenReader): TimeWindow {
  const at = words.at;
  const written = words.takeText() ?? words.takeName();
  if (written === undefined) throw words.expected("an ISO 8601 duration, such as P1D, or 'from/to'");
  const [from = '', to, ...more] = written.split('/');
  if (to === undefined) return { kind: 'last', duration: durationAt(words, from, at) };
  const [begin, end] = [parseInstant(from), parseInstant(to)];
  if (begin === undefined || end === undefined || more.length > 0) {
    throw refuse(words.text, at, "an interval has two instants: '2026-01-31T00:00:00Z/2026-02-01T00:00:00Z'");
  }
  if (begin >= end) throw refuse(words.text, at, 'the interval ends before it begins');
  return { kind: 'between', from, to };
}

/** A duration inside parentheses, as a word or as a text. */
export function readDuration(words: TokenReader): string {
  const at = words.at;
  const written = words.takeText() ?? words.takeName();
  if (written === undefined) throw words.expected('an ISO 8601 duration, such as PT10M');
  return durationAt(words, written, at);
}

function durationAt({ text }: TokenReader, written: string, at: Span): string {
  if (parseDuration(written) !== undefined) return written.toUpperCase();
  throw refuse(text, at, 'expected an ISO 8601 duration longer than nothing: PT10M, P1D, P2DT12H, P1W');
}

export function readField(words: TokenReader): Field {
  const at = words.at;
  const name = words.isSymbol('[') ? undefined : words.takeName();
  if (name?.startsWith('$') === true) return { kind: 'meta', name: metaName(words, name, at), at };
  return readPath(words, name, at);
}

export function readPathField(words: TokenReader): PathField {
  const field = readField(words);
  if (field.kind === 'path') return field;
  throw refuse(words.text, field.at, 'expected a telemetry; what the platform knows of devices is not counted');
}

function readPath(words: TokenReader, first: string | undefined, at: Span): PathField {
  const path = [first ?? readBracketedName(words)];
  for (;;) {
    if (words.isSymbol('[')) path.push(readBracketedName(words));
    else if (words.takeSymbol('.')) path.push(words.isSymbol('[') ? readBracketedName(words) : readStep(words));
    else return { kind: 'path', path, at: words.since(at) };
  }
}

function readStep(words: TokenReader): string {
  const step = words.takeName();
  if (step === undefined) throw words.expected('a name after the dot');
  return step;
}

/** `["any name"]`. */
function readBracketedName(words: TokenReader): string {
  if (!words.takeSymbol('[')) throw words.expected('a field');
  const name = words.takeText();
  if (name === undefined || name === '') throw words.expected("a name in '…'");
  words.symbol(']');
  return name;
}

function metaName({ text }: TokenReader, written: string, at: Span) {
  const wanted = written.slice(1).toLowerCase();
  const name =
    META_NAMES.find((each) => each.toLowerCase() === wanted) ?? (wanted === 'organizations' && 'organization');
  if (name) return name;
  throw refuse(text, at, `there is no ${written}, only ${META_NAMES.map((each) => `$${each}`).join(', ')}`);
}

export function readLiteral(words: TokenReader): Literal {
  if (words.takeWord('TRUE')) return true;
  if (words.takeWord('FALSE')) return false;
  const value = words.takeText() ?? words.takeNumber() ?? words.takeTemplateId();
  if (value === undefined) throw words.expected("a value: a number, a text in '…', true or false");
  return value;
}

export function joined(kind: 'and' | 'or', terms: readonly Condition[]): Condition {
  return terms.length === 1
    ? terms[0]!
    : { kind, terms: terms.flatMap((term) => (term.kind === kind ? term.terms : [term])) };
}

function negatedIf(isNegated: boolean, term: Condition): Condition {
  return isNegated ? { kind: 'not', term } : term;
}
