import { type DeviceIdentity, identityKey, LIMITS } from '@viaduct/contracts';
import type { AppendsToLog } from '../ports.ts';
import { identityOfRecord } from '../record/record.ts';

/** Whom something happened to, each once. */
export interface HappeningsBatch {
  readonly identities: readonly DeviceIdentity[];
  /** They were looked at: the place moves. */
  done(): Promise<void>;
}

/** As the log's checkpoints know it; `$` is nothing a consumer group may begin with. */
const GROUP = '$configurations';
const CHECKPOINT_MS = 1_000;

/**
 * Reads the happenings half of the log (ADR 0004) for whom something happened to, whatever it was: a twin was changed, a device was
 * made, came or left. Its place is kept in the log's checkpoints, at most a second behind.
 */
export class HappeningsReader {
  readonly #hub: AppendsToLog;
  readonly #next = new Map<number, number>();
  readonly #saved = new Map<number, number>();
  #savedAt = 0;
  /** Whether there is no place to go on from, or the log no longer reaches back to it. */
  readonly missedSome: boolean;

  constructor(hub: AppendsToLog) {
    this.#hub = hub;
    let missedSome = false;
    for (let i = 0; i < hub.eventPartitions; i++) {
      const partition = hub.eventPartitions + i;
      const { first, next } = hub.log.bounds(partition);
      const checkpoint = hub.log.checkpoint(GROUP, partition);
      if (checkpoint === undefined || checkpoint < first) missedSome = true;
      this.#next.set(partition, checkpoint === undefined || checkpoint < first ? next : checkpoint);
    }
    this.missedSome = missedSome;
  }

  /** A piece of the partition that has something new; undefined when none has. */
  async read(): Promise<HappeningsBatch | undefined> {
    for (const [partition, from] of this.#next) {
      if (this.#hub.log.bounds(partition).next <= from) continue;
      const records = await this.#hub.log.read(partition, from, LIMITS.CONFIGURATION_READ_BYTES_MAX);
      const last = records.at(-1);
      if (last === undefined) continue;
      const identities = new Map<string, DeviceIdentity>();
      for (const { data } of records) {
        const identity = identityOfRecord(data);
        identities.set(identityKey(identity), identity);
      }
      return { identities: [...identities.values()], done: () => this.#move(partition, last.offset + 1) };
    }
    return undefined;
  }

  /** Nobody wants to know. */
  skipAll(): void {
    for (const partition of this.#next.keys()) this.#next.set(partition, this.#hub.log.bounds(partition).next);
  }

  /** True when something new is there; false when `over` was aborted, which it is in the end. */
  async wait(over: AbortController): Promise<boolean> {
    const waits = [...this.#next].map(([partition, next]) => this.#hub.log.wait(partition, next, over.signal));
    const happened = await Promise.race(waits);
    over.abort();
    await Promise.all(waits);
    return happened;
  }

  /** Saves the place. */
  async close(): Promise<void> {
    await this.#save();
  }

  async #move(partition: number, next: number): Promise<void> {
    this.#next.set(partition, next);
    const now = performance.now();
    if (now - this.#savedAt < CHECKPOINT_MS) return;
    this.#savedAt = now;
    await this.#save();
  }

  async #save(): Promise<void> {
    const moved = [...this.#next].filter(([partition, next]) => this.#saved.get(partition) !== next);
    for (const [partition, next] of moved) this.#saved.set(partition, next);
    await Promise.all(moved.map(([partition, next]) => this.#hub.log.setCheckpoint(GROUP, partition, next)));
  }
}
