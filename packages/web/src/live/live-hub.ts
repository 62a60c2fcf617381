import type { LiveEvent } from '@viaduct/contracts';
import { liveUrl } from '../api/console-client.ts';
import { queryClient, sessionQuery } from '../api/queries.ts';
import { FrameBatch } from './frame-batch.ts';
import { type LiveScope, type LiveStatus, LiveStream } from './live-stream.ts';

/** What the page draws with; shared, so that all charts move in the same frame. */
export const frames = new FrameBatch({
  requestFrame: (run) => requestAnimationFrame(run),
  isHidden: () => document.hidden,
  nowMs: () => performance.now(),
});
document.addEventListener('visibilitychange', () => frames.wake());

/**
 * The one live stream of the page. Whoever is on screen enters with a scope (the fleet, or a device and its history);
 * entering replaces the former stream, so there is never more than one.
 */
class LiveHub {
  #stream: LiveStream | null = null;
  #status: LiveStatus = 'connecting';
  /** Server time minus browser time, from the latest tick. */
  #skewMs = 0;
  readonly #eventListeners = new Set<(event: LiveEvent) => void>();
  readonly #statusListeners = new Set<() => void>();

  enter(scope: LiveScope): () => void {
    this.#stream?.close();
    const stream = new LiveStream({
      scope,
      open: (wanted) => new EventSource(liveUrl(wanted)),
      onEvent: (event) => this.#onEvent(event),
      onStatus: (status) => this.#setStatus(status),
      // Asks who we are; when the session has ended, the answer leads to the sign-in page.
      onRefused: () => void queryClient.fetchQuery({ ...sessionQuery, staleTime: 0, meta: {} }).catch(() => undefined),
      nowMs: () => Date.now(),
    });
    this.#stream = stream;
    return () => {
      stream.close();
      if (this.#stream === stream) this.#stream = null;
    };
  }

  readonly subscribe = (listener: (event: LiveEvent) => void): (() => void) => {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  };

  readonly subscribeStatus = (listener: () => void): (() => void) => {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  };

  readonly status = (): LiveStatus => this.#status;

  /** Now by the server's clock, in milliseconds: what telemetry is stamped with. */
  readonly nowMs = (): number => Date.now() + this.#skewMs;

  #onEvent(event: LiveEvent): void {
    if (event.kind === 'tick') this.#skewMs = Date.parse(event.at) - Date.now();
    for (const listener of this.#eventListeners) listener(event);
  }

  #setStatus(status: LiveStatus): void {
    this.#status = status;
    for (const listener of this.#statusListeners) listener();
  }
}

export const liveHub = new LiveHub();
