import { isValidId, LIMITS, plainAddress } from '@viaduct/contracts';
import { BookKeeping } from '../book-keeping.ts';
import type { Clock, NewRefusal, RefusalRecord, RefusalStore } from '../ports.ts';
import { type OnFault, warnOfFault } from '../repeating-task.ts';

export interface RefusalBookOptions {
  /** How long a refusal may wait in memory. Default: 1,000. */
  readonly intervalMs?: number;
  readonly onFault?: OnFault;
}

export type RefusalListener = (refusal: RefusalRecord) => void;

/** Equal refusals that are no further apart than this are one, counted. */
const EQUAL_WITHIN_MS = 600_000;
/** Refusals written at a time: an attacker who makes up ids may not keep the disk busy. */
const SAVED_AT_ONCE_MAX = 256;

/**
 * What clients were refused, for the operator who asks why a device does not come in.
 *
 *     record ─► recent (memory, newest last) ─ each second ─► store          list = recent over store
 *
 * Invariants
 *  1. `record` never waits and never throws, whatever comes: gateways call it while they turn somebody away.
 *  2. Memory holds at most LIMITS.REFUSALS_MAX; in a flood the oldest go, unwritten if need be.
 *  3. Refusals are equal when device, code, transport and address are; the newest message stands for all.
 */
export class RefusalBook {
  readonly #store: RefusalStore;
  readonly #clock: Clock;
  readonly #recent = new Map<string, RefusalRecord>();
  readonly #unsaved = new Set<string>();
  readonly #keeping: BookKeeping<RefusalRecord>;

  constructor(
    store: RefusalStore,
    clock: Clock,
    { intervalMs = 1_000, onFault = warnOfFault }: RefusalBookOptions = {},
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#keeping = new BookKeeping({
      ...{ intervalMs, onFault },
      saveSome: () => this.#saveSome(),
      waits: () => this.#unsaved.size > 0,
    });
  }

  /** How many refusals memory holds. */
  get recentCount(): number {
    return this.#recent.size;
  }

  record(refusal: NewRefusal): void {
    const now = this.#clock.now();
    const bounded = boundedRefusal(refusal);
    const key = keyOf(bounded);
    const before = this.#recent.get(key);
    const isRepeated = before !== undefined && now - before.lastTime <= EQUAL_WITHIN_MS;
    const record: RefusalRecord = isRepeated
      ? { ...bounded, firstTime: before.firstTime, lastTime: now, count: before.count + 1 }
      : { ...bounded, firstTime: now, lastTime: now, count: 1 };

    // Deleted first, so that the map stays in order of last time and the first is the one to forget.
    this.#recent.delete(key);
    this.#recent.set(key, record);
    this.#unsaved.add(key);
    if (this.#recent.size > LIMITS.REFUSALS_MAX) this.#forgetOldest();
    this.#keeping.tell(record);
  }

  /** Newest first, at most LIMITS.REFUSALS_PER_DEVICE_MAX; `null` asks for those who claimed no valid id. */
  async list(deviceId: string | null): Promise<readonly RefusalRecord[]> {
    const found = new Map<string, RefusalRecord>();
    for (const refusal of await this.#store.list(deviceId))
      found.set(`${keyOf(refusal)} ${refusal.firstTime}`, refusal);
    // Memory is newer than the store.
    for (const [key, refusal] of this.#recent) {
      if (refusal.deviceId === deviceId) found.set(`${key} ${refusal.firstTime}`, refusal);
    }
    return [...found.values()].sort((a, b) => b.lastTime - a.lastTime).slice(0, LIMITS.REFUSALS_PER_DEVICE_MAX);
  }

  /** Calls `listener` with each refusal as it happens. Returns how to stop listening. */
  onRefusal(listener: RefusalListener): () => void {
    return this.#keeping.listen(listener);
  }

  /** Writes what waits. */
  close(): Promise<void> {
    return this.#keeping.close();
  }

  async #saveSome(): Promise<void> {
    if (this.#unsaved.size === 0) return;
    const keys = [...take(this.#unsaved, SAVED_AT_ONCE_MAX)];
    const refusals = keys.map((key) => this.#recent.get(key)).filter((refusal) => refusal !== undefined);
    for (const key of keys) this.#unsaved.delete(key);
    try {
      await this.#store.save(refusals);
    } catch (fault) {
      for (const key of keys) if (this.#recent.has(key)) this.#unsaved.add(key);
      throw fault;
    }
  }

  #forgetOldest(): void {
    for (const key of take(this.#recent.keys(), 1)) {
      this.#recent.delete(key);
      this.#unsaved.delete(key);
    }
  }
}

function boundedRefusal(refusal: NewRefusal): NewRefusal {
  const { deviceId, message, remoteAddress } = refusal;
  return {
    ...refusal,
    deviceId: deviceId !== null && isValidId(deviceId) ? deviceId : null,
    message: message.slice(0, LIMITS.REASON_CHARACTERS_MAX),
    remoteAddress: plainAddress(remoteAddress).slice(0, LIMITS.ADDRESS_CHARACTERS_MAX),
  };
}

/** No part can contain a space. */
function keyOf({ deviceId, code, transport, remoteAddress }: NewRefusal): string {
  return `${deviceId ?? ''} ${code} ${transport} ${remoteAddress}`;
}

function* take<T>(items: Iterable<T>, count: number): Iterable<T> {
  let taken = 0;
  for (const item of items) {
    if (taken++ >= count) return;
    yield item;
  }
}
