/** A refusal's words as a sentence: the server writes them to be quoted. Pure. */
export function sentence(text: string): string {
  // Of a query that nobody typed, the place in its text says nothing.
  const why = text.replace(/^the query cannot be understood at .*?(?:near ".*?"|\)): /, '');
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}${/[.!?]$/.test(why) ? '' : '.'}`;
}
