/**
 * The error, and what it was caused by, nearest first: every library wraps in its own manner, in `cause`, in `errors`.
 * Bounded, since a cause may be its own.
 */
export function errorsWithin(error: unknown): Error[] {
  const found: Error[] = [];
  const waiting = [error];
  while (waiting.length > 0 && found.length < ERRORS_LOOKED_AT_MAX) {
    const next = waiting.shift();
    if (!(next instanceof Error)) continue;
    found.push(next);
    const { errors } = next as { errors?: unknown };
    waiting.push(next.cause, ...(Array.isArray(errors) ? errors.slice(0, ERRORS_LOOKED_AT_MAX) : []));
  }
  return found;
}

const ERRORS_LOOKED_AT_MAX = 32;

/** Empty when it has none. */
export function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
