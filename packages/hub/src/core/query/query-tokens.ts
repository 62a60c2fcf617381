import { type CustomPatternMatcherFunc, createToken, Lexer, type TokenType } from 'chevrotain';

/**
 * The words of the query language. Keywords are words only where one is expected: after a dot, `tags.order` is a name like others,
 * so every keyword is a `Word` too.
 */
export const Word = createToken({ name: 'Word', pattern: Lexer.NA, label: 'a name' });

/** Chevrotain drops the `u` flag of a pattern it is given, and keys of twins are in every script. */
function unicode(pattern: RegExp): CustomPatternMatcherFunc {
  return (text, offset) => {
    pattern.lastIndex = offset;
    return pattern.exec(text);
  };
}

/** Names of a message's system properties have hyphens; elsewhere a hyphen is a minus. */
export const Name = createToken({
  name: 'Name',
  label: 'a name',
  categories: [Word],
  pattern: unicode(/\$(?:iothub|dt)-[\p{L}\p{N}_-]+|\$?[\p{L}_][\p{L}\p{M}\p{N}_]*/uy),
  line_breaks: false,
});

const keywords: TokenType[] = [];
function keyword(text: string): TokenType {
  const token = createToken({
    name: text,
    label: text,
    pattern: new RegExp(text, 'i'),
    longer_alt: Name,
    categories: [Word],
  });
  keywords.push(token);
  return token;
}

// The longer of two that begin alike comes first.
export const Asc = keyword('ASC');
export const As = keyword('AS');
export const Order = keyword('ORDER');
export const Or = keyword('OR');
export const Select = keyword('SELECT');
export const Top = keyword('TOP');
export const From = keyword('FROM');
export const Where = keyword('WHERE');
export const Group = keyword('GROUP');
export const By = keyword('BY');
export const Desc = keyword('DESC');
export const And = keyword('AND');
export const Not = keyword('NOT');
export const Nin = keyword('NIN');
export const In = keyword('IN');
export const True = keyword('TRUE');
export const False = keyword('FALSE');
export const Null = keyword('NULL');
export const Undefined = keyword('UNDEFINED');

/** For whoever completes what a person types. */
export const KEYWORDS: readonly string[] = keywords.map(({ name }) => name);

const space = createToken({ name: 'Space', pattern: /\s+/, group: Lexer.SKIPPED });

/** `[[any name]]` and `{any name}`: what a plain name cannot hold. */
export const BracketedName = createToken({
  name: 'BracketedName',
  label: '[[name]]',
  pattern: /\[\[(?:[^\]]|\](?!\]))*\]\]/,
  line_breaks: true,
});
export const BracedName = createToken({
  name: 'BracedName',
  label: '{name}',
  pattern: /\{[^{}\s()<>@,;:\\"/?=]+\}/,
  line_breaks: false,
});

export const Text = createToken({
  name: 'Text',
  label: "a text in '…'",
  pattern: /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/,
  line_breaks: true,
});
export const HexNumber = createToken({ name: 'HexNumber', label: 'a number', pattern: /0x[0-9a-f]+/i });
export const DecimalNumber = createToken({
  name: 'DecimalNumber',
  label: 'a number',
  pattern: /\d+(?:\.\d+)?(?:e[+-]?\d+)?/i,
});
export const WholeNumber = createToken({
  name: 'WholeNumber',
  label: 'a whole number',
  pattern: /\d+/,
  longer_alt: DecimalNumber,
  categories: [DecimalNumber],
});

export const Equal = createToken({ name: 'Equal', label: '=', pattern: '=' });
export const NotEqual = createToken({ name: 'NotEqual', label: '!=', pattern: /!=|<>/ });
export const LessOrEqual = createToken({ name: 'LessOrEqual', label: '<=', pattern: '<=' });
export const Less = createToken({ name: 'Less', label: '<', pattern: '<' });
export const MoreOrEqual = createToken({ name: 'MoreOrEqual', label: '>=', pattern: '>=' });
export const More = createToken({ name: 'More', label: '>', pattern: '>' });
export const Plus = createToken({ name: 'Plus', label: '+', pattern: '+' });
export const Minus = createToken({ name: 'Minus', label: '-', pattern: '-' });
export const Star = createToken({ name: 'Star', label: '*', pattern: '*' });
export const Slash = createToken({ name: 'Slash', label: '/', pattern: '/' });
export const Percent = createToken({ name: 'Percent', label: '%', pattern: '%' });
export const Comma = createToken({ name: 'Comma', label: 'a comma', pattern: ',' });
export const Dot = createToken({ name: 'Dot', label: 'a dot', pattern: '.' });
export const LeftParenthesis = createToken({ name: 'LeftParenthesis', label: '"("', pattern: '(' });
export const RightParenthesis = createToken({ name: 'RightParenthesis', label: '")"', pattern: ')' });
export const LeftBracket = createToken({ name: 'LeftBracket', label: '"["', pattern: '[' });
export const RightBracket = createToken({ name: 'RightBracket', label: '"]"', pattern: ']' });

/** In the order in which they are tried: the longer of two that begin alike comes first. */
export const TOKENS: TokenType[] = [
  space,
  ...keywords,
  Name,
  Word,
  BracketedName,
  BracedName,
  Text,
  HexNumber,
  WholeNumber,
  DecimalNumber,
  Equal,
  NotEqual,
  LessOrEqual,
  Less,
  MoreOrEqual,
  More,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Comma,
  Dot,
  LeftParenthesis,
  RightParenthesis,
  LeftBracket,
  RightBracket,
];
