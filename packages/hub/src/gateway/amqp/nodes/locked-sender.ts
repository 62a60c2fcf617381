import { LIMITS } from '@viaduct/contracts';
import { guidBytes } from '../codec/guid-bytes.ts';
import type { Outcome, OutgoingHandler, OutgoingLink, PayloadWriter } from '../engine/engine.ts';

/** A queue whose entries are locked while they are out. */
export interface LockedQueue<T extends { readonly lockToken: string }, P> {
  /** The next, locked for the caller; undefined when none waits. */
  lock(): Promise<T | undefined>;
  complete(lockToken: string): Promise<void>;
  /** It waits again. */
  abandon(lockToken: string): Promise<void>;
  /** Calls when one may wait that did not before. Returns how to stop listening. */
  onWaiting(listener: () => void): () => void;
  readonly payload: PayloadWriter<P>;
  payloadOf(entry: T): P;
}

/**
 * Sends the entries of a queue to one back end. Several compete: each entry goes to one of them.
 *
 * Accepted or rejected, an entry is done with; released or modified, or the link lost, it waits again.
 */
export class LockedSender<T extends { readonly lockToken: string }, P> implements OutgoingHandler {
  readonly #queue: LockedQueue<T, P>;
  readonly #onFault: (fault: unknown) => void;
  readonly #onEnded: () => void;
  readonly #stopListening: () => void;
  readonly #inFlight = new Set<string>();
  #link: OutgoingLink | undefined;
  #sending = false;
  #again = false;

  constructor(queue: LockedQueue<T, P>, onFault: (fault: unknown) => void, onEnded: () => void) {
    this.#queue = queue;
    this.#onFault = onFault;
    this.#onEnded = onEnded;
    this.#stopListening = queue.onWaiting(() => this.ready());
  }

  begin(link: OutgoingLink): void {
    this.#link = link;
    this.ready();
  }

  ready(): void {
    this.#again = true;
    if (!this.#sending) this.#settled(this.#sendWaiting());
  }

  ended(): void {
    this.#stopListening();
    for (const lockToken of this.#inFlight) this.#settled(this.#queue.abandon(lockToken));
    this.#inFlight.clear();
    this.#onEnded();
  }

  async #sendWaiting(): Promise<void> {
    this.#sending = true;
    try {
      while (this.#again) {
        this.#again = false;
        while (this.#mayLock) {
          const entry = await this.#queue.lock();
          if (entry === undefined) break;
          await this.#send(entry);
        }
        if (this.#link?.draining) this.#link.drained();
      }
    } finally {
      this.#sending = false;
    }
  }

  get #mayLock(): boolean {
    return this.#link?.canSend === true && this.#inFlight.size < LIMITS.AMQP_LOCKED_IN_FLIGHT_MAX;
  }

  async #send(entry: T): Promise<void> {
    const { lockToken } = entry;
    // The link may have lost its credit or its life while the entry was being locked.
    if (this.#link?.canSend !== true) return await this.#queue.abandon(lockToken);
    this.#inFlight.add(lockToken);
    this.#link.send(guidBytes(lockToken), this.#queue.payload, this.#queue.payloadOf(entry), (outcome) =>
      this.#settled(this.#decide(lockToken, outcome)),
    );
  }

  async #decide(lockToken: string, outcome: Outcome): Promise<void> {
    if (!this.#inFlight.delete(lockToken)) return;
    if (outcome === 'accepted' || outcome === 'rejected') await this.#queue.complete(lockToken);
    else await this.#queue.abandon(lockToken);
    this.ready();
  }

  #settled(work: Promise<unknown>): void {
    work.catch(this.#onFault);
  }
}
