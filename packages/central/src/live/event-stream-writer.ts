import type { ServerResponse } from 'node:http';
import { LIMITS, type LiveEvent } from '@viaduct/contracts';

/** Text waiting to be handed to the socket at which a producer should let it go first, characters. */
const PENDING_CHARACTERS_HIGH = 262_144;

/**
 * Writes server-sent events, many in one write.
 *
 * Invariants
 *  1. Events leave in the order of `push`, each whole.
 *  2. A producer awaits `flush` before it reads on, so what waits is at most one read of the log per partition.
 *  3. A reader that takes nothing for LIMITS.LIVE_STALLED_SECONDS_MAX loses its connection, and resumes if it comes back.
 *
 * Source: HTML Living Standard §9.2, "Server-sent events".
 */
export class EventStreamWriter {
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  #pending: string[] = [];
  #pendingCharacters = 0;
  #draining: Promise<void> | undefined;

  constructor(response: ServerResponse, signal: AbortSignal) {
    this.#response = response;
    this.#signal = signal;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
  }

  /** True while the reader does not keep up: what can wait or be left out should. */
  get isBlocked(): boolean {
    return this.#draining !== undefined;
  }

  get wantsFlush(): boolean {
    return this.#pendingCharacters >= PENDING_CHARACTERS_HIGH;
  }

  push(event: LiveEvent, id: string): void {
    this.#push(`event: ${event.kind}\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  /** Moves the browser's resume token on without an event. */
  pushHeartbeat(id: string): void {
    this.#push(`: still here\nid: ${id}\n\n`);
  }

  /** Hands over what was pushed; resolves when the reader can take more, or has gone. */
  async flush(): Promise<void> {
    if (this.#draining !== undefined) await this.#draining;
    if (this.#pending.length === 0 || this.#signal.aborted) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#pendingCharacters = 0;
    if (!this.#response.write(text)) await this.#untilDrained();
  }

  /** A reader that is behind is cut off: it could hold the connection for as long as it likes. */
  end(): void {
    if (this.isBlocked) this.#response.destroy();
    else this.#response.end();
  }

  #push(text: string): void {
    this.#pending.push(text);
    this.#pendingCharacters += text.length;
  }

  #untilDrained(): Promise<void> {
    this.#draining ??= new Promise((resolve) => {
      const stalled = setTimeout(() => this.#response.destroy(), LIMITS.LIVE_STALLED_SECONDS_MAX * 1000);
      const goOn = () => {
        clearTimeout(stalled);
        this.#response.removeListener('drain', goOn);
        this.#signal.removeEventListener('abort', goOn);
        this.#draining = undefined;
        resolve();
      };
      this.#response.once('drain', goOn);
      this.#signal.addEventListener('abort', goOn);
    });
    return this.#draining;
  }
}
