import { setTimeout as delay } from 'node:timers/promises';
import { LIMITS } from '@viaduct/contracts';
import type { AppendsToLog, OnFault } from '@viaduct/hub';
import type { LogRecord } from '@viaduct/log';
import type { RecordBatch } from './store/apply-records.ts';

/** Reads at the live tail come at least this far apart: under a flood a batch is many records, and one transaction. */
const READ_EVERY_MS = 50;
/** After a fault of the file or the log. */
const RETRY_MS = 1_000;

export interface FeedOptions {
  /** Where each partition is read on. */
  readonly places: readonly (readonly [number, number])[];
  /** Keeps what the records say, and the place with it. */
  readonly apply: (batch: RecordBatch) => Promise<void>;
  readonly onFault: OnFault;
}

/**
 * Reads the happenings half of the log (ADR 0004), each partition in a loop of its own, and hands the records on in pieces of
 * LIMITS.DIRECTORY_READ_BYTES_MAX. A piece that could not be kept is read again.
 */
export class HappeningsFeed {
  readonly #hub: AppendsToLog;
  readonly #options: FeedOptions;
  readonly #ending = new AbortController();
  readonly #next: Map<number, number>;
  readonly #loops: Promise<unknown>;
  readonly #waiters = new Set<() => void>();

  constructor(hub: AppendsToLog, options: FeedOptions) {
    this.#hub = hub;
    this.#options = options;
    this.#next = new Map(options.places);
    this.#loops = Promise.all(options.places.map(([partition]) => this.#follow(partition)));
  }

  /** Resolves when all that the log held at the time of the call is kept. */
  async caughtUp(): Promise<void> {
    const wanted = [...this.#next.keys()].map(
      (partition) => [partition, this.#hub.log.bounds(partition).next] as const,
    );
    while (wanted.some(([partition, next]) => this.#nextOf(partition) < next) && !this.#ending.signal.aborted) {
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
  }

  async close(): Promise<void> {
    this.#ending.abort();
    this.#wake();
    await this.#loops;
  }

  async #follow(partition: number): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        if (!(await this.#hub.log.wait(partition, this.#nextOf(partition), signal))) return;
        await this.#readOnce(partition);
        await this.#pause(READ_EVERY_MS);
      } catch (fault) {
        if (signal.aborted) return;
        this.#options.onFault(fault);
        await this.#pause(RETRY_MS);
      }
    }
  }

  async #readOnce(partition: number): Promise<void> {
    const records = await this.#hub.log.read(partition, this.#nextOf(partition), LIMITS.DIRECTORY_READ_BYTES_MAX);
    const last = records.at(-1);
    if (last === undefined) return;
    await this.#options.apply(batchOf(partition, last.offset + 1, records));
    this.#next.set(partition, last.offset + 1);
    this.#wake();
  }

  #pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }

  #wake(): void {
    const waiting = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiting) wake();
  }

  #nextOf(partition: number): number {
    return this.#next.get(partition) ?? 0;
  }
}

/** In memory of its own: what is told to another thread is copied, and a view would take the whole read with it. */
function batchOf(partition: number, nextOffset: number, records: readonly LogRecord[]): RecordBatch {
  const lengths = records.map(({ data }) => data.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const { data } of records) {
    bytes.set(data, at);
    at += data.length;
  }
  return { partition, nextOffset, bytes, lengths, enqueuedTimes: records.map(({ enqueuedTime }) => enqueuedTime) };
}
