import { StreamLanguage } from '@codemirror/language';

/** Colours only; what a query means, and where it is wrong, the server says. */
export function queryLanguage(keywords: readonly string[], functions: readonly string[]): StreamLanguage<unknown> {
  const words = new Set(keywords.map((word) => word.toLowerCase()));
  const calls = new Set(functions.map((name) => name.toLowerCase()));
  return StreamLanguage.define({
    token(stream) {
      if (stream.eatSpace()) return null;
      if (stream.match(/^'(?:[^'\\]|\\.)*'?|^"(?:[^"\\]|\\.)*"?/)) return 'string';
      if (stream.match(/^\d+(?:\.\d+)?/)) return 'number';
      // A name after a dot is one of the device's, whatever it is called.
      if (stream.match(/^\.[$\p{L}_][\p{L}\p{N}_$-]*/u)) return 'propertyName';
      const word = stream.match(/^[$\p{L}_][\p{L}\p{N}_$]*/u) as RegExpMatchArray | null;
      if (word !== null) return kindOf(word[0].toLowerCase(), words, calls);
      stream.next();
      return null;
    },
    languageData: { closeBrackets: { brackets: ['(', '[', "'", '"'] } },
  });
}

function kindOf(word: string, words: ReadonlySet<string>, calls: ReadonlySet<string>): string {
  if (['true', 'false', 'null', 'undefined'].includes(word)) return 'bool';
  if (calls.has(word)) return 'variableName.function';
  return words.has(word) ? 'keyword' : 'propertyName';
}
