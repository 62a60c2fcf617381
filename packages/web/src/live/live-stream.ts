import type { LiveEvent } from '@viaduct/contracts';

/**
 * The page's one event stream, for as long as the page wants one.
 *
 *     connecting ──open──▶ live ──error──▶ reconnecting ──open──▶ live
 *                                              │ refused for good: the browser gives up
 *                                              └─ wait, open again with enough history to cover the gap
 *
 * 1. The browser's EventSource reconnects by itself and sends `Last-Event-ID`; the server goes on where it was.
 * 2. When it gives up (any answer but 200), a new source cannot carry that id. It asks for the history since the last
 *    event instead, and `OffsetGate` drops what was seen already: nothing is lost, nothing comes twice.
 */
export type LiveStatus = 'connecting' | 'live' | 'reconnecting';

export interface LiveScope {
  readonly deviceId: string | null;
  readonly sinceSeconds: number;
  /** Whether attempts to be provisioned are told, too. */
  readonly attempts?: boolean;
}

/** The part of the browser's EventSource that is used; a test brings its own. */
export interface EventSourceLike {
  readonly readyState: number;
  addEventListener(kind: string, listener: (event: { readonly data: string }) => void): void;
  close(): void;
}

export interface LiveStreamParts {
  readonly scope: LiveScope;
  readonly open: (scope: LiveScope) => EventSourceLike;
  readonly onEvent: (event: LiveEvent) => void;
  readonly onStatus: (status: LiveStatus) => void;
  /** The source was refused; the session may have ended. */
  readonly onRefused: () => void;
  readonly nowMs: () => number;
}

const KINDS = ['telemetry', 'presence', 'twin', 'registry', 'refusal', 'tick', 'attempts', 'caughtUp'] as const;
const CLOSED = 2;
const REOPEN_MS = [1_000, 2_000, 5_000, 10_000] as const;
/** Asked for beyond the gap itself, because the clocks of browser and server differ. */
const OVERLAP_SECONDS = 30;

export class LiveStream {
  readonly #parts: LiveStreamParts;
  #source: EventSourceLike;
  #lastEventMs: number;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: LiveStreamParts) {
    this.#parts = parts;
    this.#lastEventMs = parts.nowMs();
    parts.onStatus('connecting');
    this.#source = this.#listen(parts.scope);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#source.close();
  }

  #listen(scope: LiveScope): EventSourceLike {
    const source = this.#parts.open(scope);
    source.addEventListener('open', () => {
      this.#attempts = 0;
      this.#parts.onStatus('live');
    });
    source.addEventListener('error', () => this.#onError());
    for (const kind of KINDS) {
      source.addEventListener(kind, ({ data }) => this.#onData(kind, data));
    }
    return source;
  }

  #onData(kind: (typeof KINDS)[number], data: string): void {
    this.#lastEventMs = this.#parts.nowMs();
    const fields: object = data === '' ? {} : JSON.parse(data);
    this.#parts.onEvent({ ...fields, kind } as LiveEvent);
  }

  #onError(): void {
    this.#parts.onStatus('reconnecting');
    if (this.#source.readyState !== CLOSED) return;
    this.#parts.onRefused();
    const wait = REOPEN_MS[Math.min(this.#attempts, REOPEN_MS.length - 1)] ?? 10_000;
    this.#attempts += 1;
    this.#timer = setTimeout(() => this.#reopen(), wait);
  }

  #reopen(): void {
    const { sinceSeconds } = this.#parts.scope;
    const gapSeconds = Math.ceil((this.#parts.nowMs() - this.#lastEventMs) / 1_000) + OVERLAP_SECONDS;
    this.#source.close();
    this.#source = this.#listen({ ...this.#parts.scope, sinceSeconds: Math.max(sinceSeconds, gapSeconds) });
  }
}
