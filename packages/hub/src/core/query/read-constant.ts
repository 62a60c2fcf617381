import type { IToken } from 'chevrotain';
import { QueryRefusal } from './query-refusal.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The text between the quotes, with its escapes resolved. @throws QueryRefusal an escape that is none, or half a character */
export function readText(query: string, token: IToken): string {
  const begin = token.startOffset + 1;
  const value = token.image
    .slice(1, -1)
    .replace(/\\(u[0-9a-f]{4}|[\s\S])/gi, (sequence, name: string, index: number) => {
      if (name.length === 5) return String.fromCharCode(Number.parseInt(name.slice(1), 16));
      const character = ESCAPES[name];
      if (character !== undefined) return character;
      const at = { offset: begin + index, length: sequence.length };
      throw new QueryRefusal(
        query,
        at,
        `a text knows the escapes \\' \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX, and not ${sequence}`,
      );
    });
  if (value.includes('\0') || LONE_SURROGATE.test(value)) {
    const at = { offset: token.startOffset, length: token.image.length };
    throw new QueryRefusal(query, at, 'a text has no NUL and no half of a surrogate pair');
  }
  return value;
}

/** With `u`, a pair is one character and only a half of one is a surrogate. */
const LONE_SURROGATE = /\p{Cs}/u;

/** @throws QueryRefusal a number beyond those that a double can hold */
export function readNumber(query: string, token: IToken): number {
  const value = Number(token.image);
  if (Number.isFinite(value)) return value;
  const at = { offset: token.startOffset, length: token.image.length };
  throw new QueryRefusal(query, at, `the number is too large; at most ${Number.MAX_VALUE}`);
}
