import { type CustomPatternMatcherFunc, createToken, Lexer, type TokenType } from 'chevrotain';

/**
 * The words of every dialect: queries, filters of groups, filters of REST lists. There are no keywords here: `SELECT`, `eq` and `window` are
 * names, and the reader of a text knows where it expects which. So a telemetry may be called `order`.
 */
export const Name = createToken({
  name: 'Name',
  pattern: unicode(/\$?[\p{L}_][\p{L}\p{M}\p{N}_]*/uy),
  line_breaks: false,
});

const space = createToken({ name: 'Space', pattern: /\s+/, group: Lexer.SKIPPED });

/** Of a template: a DTMI, or what templates were called before. It may have a version. */
export const TemplateId = createToken({
  name: 'TemplateId',
  pattern: /(?:dtmi|urn):[\w:;.~-]*\w/i,
  line_breaks: false,
});

/** A quote inside is doubled or has a backslash before it. */
export const Text = createToken({
  name: 'Text',
  pattern: /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/,
  line_breaks: true,
});
/** OData knows no backslash. */
export const ODataText = createToken({ name: 'ODataText', pattern: /'(?:[^']|'')*'/, line_breaks: true });

export const NumberToken = createToken({ name: 'Number', pattern: /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/i });
const Punctuation = createToken({ name: 'Punctuation', pattern: /!=|<>|<=|>=|[=<>()[\],.*]/ });

export const TOKENS: TokenType[] = [space, TemplateId, Name, Text, NumberToken, Punctuation];
export const ODATA_TOKENS: TokenType[] = [space, TemplateId, Name, ODataText, NumberToken, Punctuation];

/** Chevrotain drops the `u` flag of a pattern it is given, and names are in every script. */
function unicode(pattern: RegExp): CustomPatternMatcherFunc {
  return (text, offset) => {
    pattern.lastIndex = offset;
    return pattern.exec(text);
  };
}
