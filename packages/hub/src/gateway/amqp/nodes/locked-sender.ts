import { HubError, LIMITS } from '@viaduct/contracts';
import { amqpErrorOf } from '../amqp-error.ts';
import { guidBytes } from '../codec/guid-bytes.ts';
import type { AmqpError, Outcome, OutgoingHandler, OutgoingLink, PayloadWriter } from '../engine/engine.ts';

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
  /** Milliseconds since 1970, and for how long a lock is good. */
  now(): number;
  readonly lockMs: number;
}

/**
 * Sends the entries of a queue to one back end. Several compete: each entry goes to one of them.
 *
 * Accepted or rejected, an entry is done with; released or modified, or the link lost, it waits again. Who settles second hears
 * of it when it is on disk, or that the lock had run out.
 *
 * A lock that runs out gives its entry to somebody else and its place on the link to the next; a link whose peer never settles
 * is detached at last.
 */
export class LockedSender<T extends { readonly lockToken: string }, P> implements OutgoingHandler {
  readonly #queue: LockedQueue<T, P>;
  readonly #onFault: (fault: unknown) => void;
  readonly #onEnded: () => void;
  readonly #stopListening: () => void;
  /** Entries that were sent and not settled, and until when their locks are good. */
  readonly #inFlight = new Map<string, number>();
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
    for (const lockToken of this.#inFlight.keys()) this.#settled(this.#queue.abandon(lockToken));
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
    if (this.#link?.canSend !== true) return false;
    const now = this.#queue.now();
    let good = 0;
    for (const lockedUntil of this.#inFlight.values()) if (lockedUntil > now) good++;
    return good < LIMITS.AMQP_LOCKED_IN_FLIGHT_MAX;
  }

  async #send(entry: T): Promise<void> {
    const { lockToken } = entry;
    // The link may have lost its credit or its life while the entry was being locked.
    if (this.#link?.canSend !== true) return await this.#queue.abandon(lockToken);
    if (this.#inFlight.size >= LIMITS.AMQP_LOCKED_UNSETTLED_MAX) {
      await this.#queue.abandon(lockToken);
      const slow = new HubError('connection.slow', `${this.#inFlight.size} messages were delivered and never settled`);
      return this.#link.detach(amqpErrorOf(slow));
    }
    this.#inFlight.set(lockToken, this.#queue.now() + this.#queue.lockMs);
    this.#link.send(guidBytes(lockToken), this.#queue.payload, this.#queue.payloadOf(entry), (outcome) =>
      this.#decide(lockToken, outcome),
    );
  }

  async #decide(lockToken: string, outcome: Outcome): Promise<AmqpError | undefined> {
    if (!this.#inFlight.delete(lockToken)) return undefined;
    try {
      if (outcome === 'accepted' || outcome === 'rejected') await this.#queue.complete(lockToken);
      else await this.#queue.abandon(lockToken);
      return undefined;
    } catch (thrown) {
      this.#onFault(thrown);
      return amqpErrorOf(thrown);
    } finally {
      this.ready();
    }
  }

  #settled(work: Promise<unknown>): void {
    work.catch(this.#onFault);
  }
}
