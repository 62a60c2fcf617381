import { AGENT_LIMITS } from './limits.ts';

/** Resolves once the hub has acknowledged the message. */
export type Send<T> = (item: T) => Promise<void>;

export interface BacklogStatistics {
  readonly waiting: number;
  readonly sent: number;
  readonly failed: number;
  /** Dropped because the backlog was full: the oldest. */
  readonly dropped: number;
}

/**
 * What is waiting to be sent, in order, one message at a time.
 *
 * 1. At most `limit` items are kept. A full backlog drops the oldest and counts it: recent telemetry says more.
 * 2. An item leaves the backlog when `send` resolved, so what a lost connection left unanswered is sent again.
 *    A message may therefore arrive twice, never zero times while the agent lives.
 * 3. `attach` hands over to a new connection. What the old one still answers is ignored: its item is already back in the queue.
 */
export class SendBacklog<T> {
  readonly #items: T[] = [];
  readonly #limit: number;
  readonly #onError: (error: unknown) => void;
  #send: Send<T> | undefined;
  #draining = false;
  #sent = 0;
  #failed = 0;
  #dropped = 0;

  constructor(onError: (error: unknown) => void, limit: number = AGENT_LIMITS.BACKLOG_SAMPLES_MAX) {
    this.#onError = onError;
    this.#limit = limit;
  }

  get statistics(): BacklogStatistics {
    return { waiting: this.#items.length, sent: this.#sent, failed: this.#failed, dropped: this.#dropped };
  }

  /** A failed send is tried again with the next push: the sampling interval is the pause between attempts. */
  push(item: T): void {
    if (this.#items.length >= this.#limit) {
      this.#items.shift();
      this.#dropped += 1;
    }
    this.#items.push(item);
    this.#drain();
  }

  attach(send: Send<T>): void {
    this.#send = send;
    this.#draining = false;
    this.#drain();
  }

  detach(): void {
    this.#send = undefined;
    this.#draining = false;
  }

  #drain(): void {
    const send = this.#send;
    const item = this.#items[0];
    if (this.#draining || send === undefined || item === undefined) return;
    this.#draining = true;
    send(item).then(
      () => this.#settle(send, item),
      (error: unknown) => this.#giveUpForNow(send, error),
    );
  }

  #settle(send: Send<T>, item: T): void {
    if (this.#send !== send) return;
    this.#sent += 1;
    // It may have been dropped meanwhile, when the backlog ran full behind a slow connection.
    if (this.#items[0] === item) this.#items.shift();
    this.#draining = false;
    this.#drain();
  }

  #giveUpForNow(send: Send<T>, error: unknown): void {
    if (this.#send !== send) return;
    this.#failed += 1;
    this.#draining = false;
    this.#onError(error);
  }
}
