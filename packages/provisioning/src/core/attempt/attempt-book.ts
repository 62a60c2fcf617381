import { LIMITS, plainAddress } from '@viaduct/contracts';
import { BookKeeping, type Clock, type OnFault, type Rate } from '@viaduct/hub';
import type { AttemptRecord, AttemptStore, NewAttempt } from '../ports.ts';
import { isRegistrationId } from '../registration/registration-id.ts';
import { RecentBuckets } from './recent-buckets.ts';

export type AttemptListener = (attempt: AttemptRecord) => void;

/** How long an attempt may wait in memory before it is written. */
const SAVE_MS = 1_000;
const SAVED_AT_ONCE_MAX = 256;
/** Of one address. */
const REFUSALS_BOOKED: Rate = { perSecond: 2, burst: 200 };

/**
 * Who asked to be provisioned, and what became of it: for the operator who asks why a device does not come in.
 *
 *     record ─► unsaved (memory, oldest first) ─ each second ─► store          list = unsaved over store
 *
 * Invariants
 *  1. `record` never waits and never throws: gateways call it while they turn somebody away.
 *  2. Memory holds at most LIMITS.ATTEMPTS_UNSAVED_MAX; in a flood the oldest go, unwritten if need be.
 *  3. Ids count up by one, across restarts.
 *  4. One address has so many refusals booked and no more (REFUSALS_BOOKED), lest a stranger fill the book with itself: the rest is counted.
 */
export class AttemptBook {
  readonly #store: AttemptStore;
  readonly #clock: Clock;
  readonly #keeping: BookKeeping<AttemptRecord>;
  #unsaved: AttemptRecord[] = [];
  readonly #refusedFrom = new RecentBuckets(LIMITS.REFUSED_ADDRESSES_REMEMBERED_MAX);
  #unbooked = 0;
  #lastId: number;

  private constructor(store: AttemptStore, clock: Clock, onFault: OnFault, lastId: number) {
    this.#store = store;
    this.#clock = clock;
    this.#lastId = lastId;
    this.#keeping = new BookKeeping({
      ...{ intervalMs: SAVE_MS, onFault },
      saveSome: () => this.#saveSome(),
      waits: () => this.#unsaved.length > 0,
    });
  }

  static async open(store: AttemptStore, clock: Clock, onFault: OnFault): Promise<AttemptBook> {
    return new AttemptBook(store, clock, onFault, await store.lastId());
  }

  /** Refusals that were one too many from their address, since the start. */
  get unbooked(): number {
    return this.#unbooked;
  }

  record(attempt: NewAttempt): void {
    const { registrationId, message, remoteAddress, outcome } = attempt;
    if (outcome === 'refused' && !this.#takesRefusal(plainAddress(remoteAddress))) {
      this.#unbooked++;
      return;
    }
    const record: AttemptRecord = {
      ...attempt,
      id: ++this.#lastId,
      time: this.#clock.now(),
      registrationId: registrationId !== null && isRegistrationId(registrationId) ? registrationId : null,
      message: message?.slice(0, LIMITS.REASON_CHARACTERS_MAX) ?? null,
      remoteAddress: plainAddress(remoteAddress).slice(0, LIMITS.ADDRESS_CHARACTERS_MAX),
    };
    this.#unsaved.push(record);
    if (this.#unsaved.length > LIMITS.ATTEMPTS_UNSAVED_MAX) this.#unsaved.shift();
    this.#keeping.tell(record);
  }

  /** Newest first. */
  async list(query: Parameters<AttemptStore['list']>[0]): Promise<readonly AttemptRecord[]> {
    const stored = await this.#store.list(query);
    const newest = stored[0]?.id ?? 0;
    // What is unsaved is newer than all that is stored.
    const unsaved = this.#unsaved.filter((attempt) => attempt.id > newest && fits(attempt, query)).reverse();
    return [...unsaved, ...stored].slice(0, query.limit);
  }

  /** Calls `listener` with each attempt as it is booked. Returns how to stop listening. */
  onAttempt(listener: AttemptListener): () => void {
    return this.#keeping.listen(listener);
  }

  /** Writes what waits. */
  close(): Promise<void> {
    return this.#keeping.close();
  }

  #takesRefusal(address: string): boolean {
    const [bucket, now] = [this.#refusedFrom.get(address), this.#clock.now()];
    if (bucket.waitMs(REFUSALS_BOOKED, 1, now) > 0) return false;
    bucket.take(REFUSALS_BOOKED, 1, now);
    return true;
  }

  async #saveSome(): Promise<void> {
    const some = this.#unsaved.slice(0, SAVED_AT_ONCE_MAX);
    if (some.length === 0) return;
    await this.#store.save(some);
    const lastSaved = some.at(-1)?.id ?? 0;
    this.#unsaved = this.#unsaved.filter(({ id }) => id > lastSaved);
  }
}

function fits(attempt: AttemptRecord, query: Parameters<AttemptStore['list']>[0]): boolean {
  const { before, registrationId, enrollment } = query;
  if (before !== undefined && attempt.id >= before) return false;
  if (registrationId !== undefined && attempt.registrationId?.toLowerCase() !== registrationId.toLowerCase())
    return false;
  return (
    enrollment === undefined ||
    (attempt.enrollmentKind === enrollment.kind && attempt.enrollmentId?.toLowerCase() === enrollment.id.toLowerCase())
  );
}
