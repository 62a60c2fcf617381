/** A range of bytes from a header. What is none is ignored, as RFC 9110 §14.2 has it; so is one that counts from the end. Pure. */
export function parseRange(header: unknown): { readonly start: number; readonly end?: number } | undefined {
  const [, start, end] = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(typeof header === 'string' ? header : '') ?? [];
  if (start === undefined) return undefined;
  return end === undefined ? { start: Number(start) } : { start: Number(start), end: Number(end) };
}
