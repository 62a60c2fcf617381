import { HubError, LIMITS } from '@viaduct/contracts';
import { type IToken, Lexer } from 'chevrotain';
import type { Expression, Query, Selection, TextSpan } from './expression.ts';
import { readMessagePath } from './message-fields.ts';
import { QueryMeaning, type ReadsPaths, spanOf } from './query-meaning.ts';
import { QueryParser } from './query-parser.ts';
import { QueryRefusal, quoted } from './query-refusal.ts';
import { LeftBracket, LeftParenthesis, RightBracket, RightParenthesis, TOKENS } from './query-tokens.ts';
import { readFieldPath } from './twin-fields.ts';

const lexer = new Lexer(TOKENS, { positionTracking: 'onlyOffset', recoveryEnabled: false });
const parser = new QueryParser();

/**
 * A fleet query: `SELECT … FROM devices WHERE …`. Pure, and in time that grows with the text's length only.
 *
 * @throws HubError argument.invalid, a `QueryRefusal` with the place
 */
export function parseQuery(text: string): Query {
  return parsed(text, readFieldPath, () => parser.query());
}

/**
 * The condition of a job or a configuration: `*` for every device, a condition as after WHERE, or `from devices.modules where …`.
 *
 * @throws HubError argument.invalid, a `QueryRefusal` with the place
 */
export function parseCondition(text: string): Selection {
  if (text.trim() === '*') return { source: 'devices', where: null };
  return parsed(text, readFieldPath, () => parser.selection());
}

/**
 * The condition of a route, over a message and the twin of its sender.
 *
 * @throws HubError argument.invalid, a `QueryRefusal` with the place
 */
export function parseRouteCondition(text: string): Expression {
  return parsed(text, readMessagePath, () => parser.condition());
}

/**
 * A condition over documents of any kind, with these root fields: they are found in any case, and what is inside them as it is written.
 *
 * @throws HubError argument.invalid, a `QueryRefusal` with the place
 */
export function parseDocumentCondition(text: string, fields: readonly string[]): Expression {
  return parsed(text, documentPaths(fields), () => parser.condition());
}

function documentPaths(fields: readonly string[]): ReadsPaths {
  return (whole, path) => {
    const [root, ...steps] = path.steps;
    const field = fields.find((name) => name.toLowerCase() === String(root).toLowerCase());
    if (field !== undefined) return { ...path, scope: 'field', steps: [field, ...steps] };
    const at = { offset: path.at.offset, length: String(root).length };
    throw new QueryRefusal(whole, at, `there is no field ${quoted(String(root))}, only ${fields.join(', ')}`);
  };
}

function parsed<T>(text: string, readPath: ReadsPaths, parse: () => T): T {
  if (text.length > LIMITS.QUERY_CHARACTERS_MAX) {
    throw new HubError(
      'argument.invalid',
      `a query has at most ${LIMITS.QUERY_CHARACTERS_MAX} characters, and this one ${text.length}`,
    );
  }
  const tokens = tokensOf(text);
  parser.take(tokens, new QueryMeaning(text, readPath));
  const value = parse();
  const [error] = parser.errors;
  if (error !== undefined) throw new QueryRefusal(text, placeOf(error.token, text), error.message);
  return value;
}

function tokensOf(text: string): IToken[] {
  const { tokens, errors } = lexer.tokenize(text);
  const [error] = errors;
  if (error !== undefined)
    throw new QueryRefusal(text, { offset: error.offset, length: 1 }, strayCharacter(text[error.offset]));
  let depth = 0;
  for (const token of tokens) {
    if (token.tokenType === LeftParenthesis || token.tokenType === LeftBracket) depth++;
    else if (token.tokenType === RightParenthesis || token.tokenType === RightBracket) depth--;
    if (depth > LIMITS.QUERY_DEPTH_MAX) {
      throw new QueryRefusal(
        text,
        spanOf(token),
        `parentheses are nested deeper than ${LIMITS.QUERY_DEPTH_MAX} levels`,
      );
    }
  }
  return tokens;
}

function strayCharacter(character: string | undefined): string {
  if (character === "'" || character === '"') return `the text that begins here has no closing ${character}`;
  if (character === '{') return 'a name in braces has no spaces, quotes or parentheses, and ends with }';
  if (character === ';') return 'a query ends without a semicolon';
  return 'no word of the query language begins like this';
}

/** The end of the text has no place of its own. */
function placeOf(token: IToken, text: string): TextSpan {
  return Number.isNaN(token.startOffset) ? { offset: text.length, length: 0 } : spanOf(token);
}
