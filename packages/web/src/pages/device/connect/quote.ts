/** A string literal that JavaScript, Python, C, C# and Java read alike: ids and keys are ASCII. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** One word of a POSIX shell. */
export function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
