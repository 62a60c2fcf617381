import { inTime, stopped } from './in-time.ts';

export interface Window {
  /** How many may be on their way at a time. */
  readonly most: number;
  /** Without a sign of life for so long the peer counts as gone. */
  readonly stalledSeconds: number;
  readonly signal: AbortSignal;
  readonly what: string;
}

/**
 * Sends every item, begun in order, with a bounded number unanswered. The first failure is thrown, and nothing is begun after it.
 *
 * Each answer gives the next one its time anew: a large batch on a slow line is not a stalled one.
 */
export async function inWindow<T>(
  items: readonly T[],
  { most, stalledSeconds, signal, what }: Window,
  send: (item: T) => Promise<void>,
): Promise<void> {
  const underWay: Promise<void>[] = [];
  let failure: { readonly error: unknown } | undefined;
  const oldest = () => inTime(underWay.shift() as Promise<void>, { seconds: stalledSeconds, signal, what });
  for (const item of items) {
    if (underWay.length === most) await oldest();
    if (failure !== undefined) throw failure.error;
    if (signal.aborted) throw stopped(what);
    const sending = send(item);
    sending.catch((error: unknown) => {
      failure ??= { error };
    });
    underWay.push(sending);
  }
  while (underWay.length > 0) await oldest();
}
