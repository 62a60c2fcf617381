import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptRecord, BooksAttempts } from '@viaduct/provisioning';

/** Attempts that one event tells; when more came, their number is all that is told. */
const TOLD_AT_ONCE_MAX = 100;
/** Under a flood, events come at least this far apart. */
const TELL_EVERY_MS = 200;

export interface ToldAttempts {
  /** Oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** More came than are told; the list has them. */
  readonly isCut: boolean;
}

/**
 * Tells attempts to be provisioned as they are booked, many at a time. What waits for a slow reader is bounded: the newest stay, and the
 * reader hears that some are missing.
 */
export class AttemptNews {
  readonly #stopListening: () => void;
  #waiting: AttemptRecord[] = [];
  #isCut = false;
  #wake: () => void = () => {};

  constructor({ attempts }: BooksAttempts) {
    this.#stopListening = attempts.onAttempt((attempt) => this.#take(attempt));
  }

  close(): void {
    this.#stopListening();
    this.#wake();
  }

  /** Until `signal` aborts. */
  async *listen(signal: AbortSignal): AsyncGenerator<ToldAttempts> {
    while (!signal.aborted) {
      if (this.#waiting.length === 0) await this.#untilNew();
      if (this.#waiting.length === 0) continue;
      const told = { attempts: this.#waiting, isCut: this.#isCut };
      this.#waiting = [];
      this.#isCut = false;
      yield told;
      await delay(TELL_EVERY_MS, undefined, { signal });
    }
  }

  #take(attempt: AttemptRecord): void {
    this.#waiting.push(attempt);
    if (this.#waiting.length > TOLD_AT_ONCE_MAX) {
      this.#waiting.shift();
      this.#isCut = true;
    }
    this.#wake();
  }

  #untilNew(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
