import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

export interface UntilOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** What is waited for, for the one who reads the failure. */
  readonly what?: string;
}

/** Resolves with the first value that is neither undefined nor false; fails loudly when there is none in time. */
export async function until<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = 10_000, everyMs = 10, what = condition.toString() }: UntilOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    assert(performance.now() < deadline, `not within ${timeoutMs} ms: ${what}`);
    await wait(everyMs);
  }
}
