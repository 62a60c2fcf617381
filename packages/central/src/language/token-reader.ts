import { LIMITS } from '@viaduct/contracts';
import { type IToken, Lexer, type TokenType } from 'chevrotain';
import type { Span } from './query-syntax.ts';
import { refuse, refuseTooMuch } from './refuse.ts';
import { Name, NumberToken, ODATA_TOKENS, ODataText, TemplateId, Text, TOKENS } from './tokens.ts';

const sqlLexer = new Lexer(TOKENS, { positionTracking: 'onlyOffset', recoveryEnabled: false });
const odataLexer = new Lexer(ODATA_TOKENS, { positionTracking: 'onlyOffset', recoveryEnabled: false });

/**
 * Goes through the words of one text, one ahead. Every reader of a dialect is made of these steps, so all refuse in the same words.
 *
 * @throws QueryRefusal query.invalid from every step that does not find what it asks for
 */
export class TokenReader {
  readonly text: string;
  readonly #tokens: readonly IToken[];
  #next = 0;
  #depth = 0;

  constructor(text: string, dialect: 'sql' | 'odata' = 'sql') {
    this.text = text;
    const { CENTRAL_QUERY_CHARACTERS_MAX: max } = LIMITS;
    if (text.length > max) {
      throw refuseTooMuch(
        text,
        { offset: max, length: 1 },
        `a query has at most ${max} characters, and this one ${text.length}`,
      );
    }
    const { tokens, errors } = (dialect === 'sql' ? sqlLexer : odataLexer).tokenize(text);
    const [error] = errors;
    if (error !== undefined)
      throw refuse(text, { offset: error.offset, length: 1 }, strayCharacter(text[error.offset]));
    this.#tokens = tokens;
  }

  /** The word ahead, taken if it is this one; words of the language have no case. */
  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#next++;
    return true;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.#tokens[this.#next + ahead];
    return token?.tokenType === Name && token.image.toUpperCase() === word.toUpperCase();
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#next++;
    return true;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    return this.#tokens[this.#next + ahead]?.image === symbol;
  }

  word(word: string): Span {
    const at = this.at;
    if (!this.takeWord(word)) throw this.expected(word);
    return at;
  }

  symbol(symbol: string): Span {
    const at = this.at;
    if (!this.takeSymbol(symbol)) throw this.expected(`"${symbol}"`);
    return at;
  }

  /** The image of the next name, a whole word as it was written. */
  takeName(): string | undefined {
    return this.#take(Name);
  }

  takeTemplateId(): string | undefined {
    return this.#take(TemplateId);
  }

  takeNumber(): number | undefined {
    const at = this.at;
    const image = this.#take(NumberToken);
    if (image === undefined) return undefined;
    const value = Number(image);
    if (Number.isFinite(value)) return value;
    throw refuse(this.text, at, `the number is too large; at most ${Number.MAX_VALUE}`);
  }

  takeText(): string | undefined {
    const at = this.at;
    const sql = this.#take(Text);
    const value =
      sql === undefined ? this.#take(ODataText)?.slice(1, -1).replaceAll("''", "'") : this.#unescaped(sql, at);
    if (value !== undefined && (value.includes('\0') || LONE_SURROGATE.test(value))) {
      throw refuse(this.text, at, 'a text has no NUL and no half of a surrogate pair');
    }
    return value;
  }

  end(): void {
    if (this.#next < this.#tokens.length) throw this.expected('an operator, the next part of the query, or its end');
  }

  /** Of the word ahead; after the last, the end of the text. */
  get at(): Span {
    const token = this.#tokens[this.#next];
    if (token === undefined) return { offset: this.text.length, length: 0 };
    return { offset: token.startOffset, length: token.image.length };
  }

  /** From there to the last word that was taken. */
  since({ offset }: Span): Span {
    const last = this.#tokens[this.#next - 1];
    return { offset, length: last === undefined ? 0 : last.startOffset + last.image.length - offset };
  }

  expected(what: string): Error {
    return refuse(this.text, this.at, `expected ${what}`);
  }

  /** Reads what may hold itself again: as deep as the stack surely goes. */
  deeper<T>(read: () => T): T {
    if (this.#depth >= LIMITS.QUERY_DEPTH_MAX) {
      throw refuseTooMuch(this.text, this.at, `it is nested deeper than ${LIMITS.QUERY_DEPTH_MAX} levels`);
    }
    this.#depth++;
    const value = read();
    this.#depth--;
    return value;
  }

  #take(type: TokenType): string | undefined {
    const token = this.#tokens[this.#next];
    if (token?.tokenType !== type) return undefined;
    this.#next++;
    return token.image;
  }

  #unescaped(image: string, at: Span): string {
    const quote = image.charAt(0);
    return image.slice(1, -1).replace(ESCAPE, (sequence, name: string | undefined, index: number) => {
      if (name === undefined) return sequence === quote + quote ? quote : sequence;
      if (name.length === 5) return String.fromCharCode(Number.parseInt(name.slice(1), 16));
      const character = ESCAPES[name];
      if (character !== undefined) return character;
      const place = { offset: at.offset + 1 + index, length: sequence.length };
      throw refuse(
        this.text,
        place,
        `a text knows the escapes \\' \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX, and not ${sequence}`,
      );
    });
  }
}

const ESCAPE = /\\(u[0-9a-f]{4}|[\s\S])|''|""/gi;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ "'": "'", '"': '"', '\\': '\\', '/': '/' },
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
};

/** With `u`, a pair is one character and only a half of one is a surrogate. */
const LONE_SURROGATE = /\p{Cs}/u;

function strayCharacter(character: string | undefined): string {
  if (character === "'" || character === '"') return `the text that begins here has no closing ${character}`;
  if (character === ';') return 'a query ends without a semicolon';
  return 'no word of the query language begins like this';
}
