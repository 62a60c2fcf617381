import { EndpointFailure } from '../core/routing/endpoint.ts';

export interface InTime {
  /** Infinity when only the signal ends it. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** What takes so long, as the beginning of a sentence: `connecting to host:5671`. */
  readonly what: string;
}

/**
 * What `work` resolves with, unless it takes too long or is not wanted any more. The work itself is not stopped: whoever hears the
 * failure closes the connection.
 *
 * @throws EndpointFailure transient
 */
export function inTime<T>(work: Promise<T>, { seconds, signal, what }: InTime): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => end(() => reject(stopped(what)));
    const late = () => end(() => reject(new EndpointFailure('transient', `${what} took longer than ${seconds} s`)));
    const timer = Number.isFinite(seconds) ? setTimeout(late, seconds * 1_000) : undefined;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      settle();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    work.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
  });
}

export function stopped(what: string): EndpointFailure {
  return new EndpointFailure('transient', `${what} was stopped`);
}
