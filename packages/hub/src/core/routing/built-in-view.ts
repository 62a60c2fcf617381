import { BUILT_IN_ENDPOINT } from '@viaduct/contracts';
import type { EventLog, LogRecord, PartitionBounds } from '@viaduct/log';
import type { AppendsToLog, TellsTime } from '../ports.ts';
import { isTelemetry, withProperties } from '../record/record.ts';
import { type OnFault, warnOfFault } from '../repeating-task.ts';
import { Bell, pause } from './bell.ts';
import { type CompiledRouting, enriched } from './compiled-routing.ts';
import { RoutedRecord } from './routed-record.ts';
import type { RoutingBook } from './routing-book.ts';
import type { TwinCache } from './twin-cache.ts';

/** What a reader of the built-in endpoint reads: a partition of telemetry, of which it sees what was routed there. */
export type ReadsEvents = Pick<EventLog, 'read' | 'wait' | 'bounds'>;

export interface RoutesRecords {
  readonly routing: RoutingBook;
  readonly twinCache: TwinCache;
}

/** How much of the log is read at once, bytes. */
const READ_BYTES = 262_144;
/** How far the log is read again after a crash to find the last event that is seen, ms. */
const SAVED_EVERY_MS = 1_000;
/** Runs of hidden records that are remembered of one partition, so that a reader who waits behind one does not look again. */
const HIDDEN_RUNS_MAX = 64;
const AGAIN_AFTER_MS = 5_000;
const SEEN_GROUP = 'built-in:looked-at';
const VISIBLE_GROUP = 'built-in:visible';

/** Where the built-in endpoint ends for its readers. */
interface Tail {
  /** Everything before this offset was looked at. */
  lookedAt: number;
  /** One past the last event that readers see. */
  next: number;
  /** When that one came, ms since 1970. */
  lastEnqueuedTime: number;
}

/**
 * The built-in endpoint: partition *p* of the log as routing makes it look (ADR 0011).
 *
 *     nothing takes telemetry away, nothing is added   the log itself, at no cost
 *     else                                             what the table in force at each offset keeps, with its enrichments
 *
 * Invariants
 *  1. Offsets are the log's: what is hidden leaves holes in the sequence numbers, and a number never means another event.
 *  2. `bounds` speaks of events that are seen: a consumer that reads up to the last sequence number gets there.
 *  3. `wait` resolves for an event that is seen, so nobody wakes for what is hidden.
 */
export class BuiltInView implements ReadsEvents {
  readonly #hub: AppendsToLog & TellsTime & RoutesRecords;
  readonly #onFault: OnFault;
  readonly #tails: Tail[];
  readonly #hiddenRuns: readonly Map<number, number>[];
  readonly #closing = new AbortController();
  readonly #followers: readonly Promise<void>[];
  readonly #stopListening: () => void;
  readonly #changed = new Bell();
  #droppedMessages = 0;

  constructor(hub: AppendsToLog & TellsTime & RoutesRecords, onFault: OnFault = warnOfFault) {
    this.#hub = hub;
    this.#onFault = onFault;
    const partitions = Array.from({ length: hub.eventPartitions }, (_, partition) => partition);
    this.#tails = partitions.map((partition) => ({
      lookedAt: hub.log.checkpoint(SEEN_GROUP, partition) ?? 0,
      next: hub.log.checkpoint(VISIBLE_GROUP, partition) ?? 0,
      lastEnqueuedTime: 0,
    }));
    this.#hiddenRuns = partitions.map(() => new Map());
    this.#stopListening = hub.routing.onChange(() => this.#changed.ring());
    this.#followers = partitions.map((partition) => this.#keepFollowing(partition));
  }

  /** Events that were too large with their enrichments, since the start. */
  get droppedMessages(): number {
    return this.#droppedMessages;
  }

  async read(partition: number, fromOffset: number, maxBytes: number): Promise<LogRecord[]> {
    const { log, routing } = this.#hub;
    const plainFrom = routing.plainFrom(partition);
    if (plainFrom !== undefined && fromOffset >= plainFrom) return log.read(partition, fromOffset, maxBytes);

    let at = this.#hiddenRuns[partition]?.get(fromOffset) ?? fromOffset;
    for (;;) {
      const range = await routing.rangeAt(partition, at);
      const records = await log.read(partition, at, maxBytes);
      const [oldest] = records;
      if (oldest === undefined) {
        this.#rememberHidden(partition, fromOffset, at);
        return [];
      }
      const inRange = records.filter(({ offset }) => offset < range.end);
      const seen = await this.#seenOf(partition, inRange, range.routing);
      if (seen.length > 0) {
        this.#sawUpTo(partition, seen.at(-1)!);
        return seen;
      }
      // Retention may have removed up to another table's records.
      at = (inRange.at(-1)?.offset ?? oldest.offset - 1) + 1;
    }
  }

  async wait(partition: number, offset: number, signal: AbortSignal): Promise<boolean> {
    const { log, routing } = this.#hub;
    for (;;) {
      const plainFrom = routing.plainFrom(partition);
      if (plainFrom !== undefined && offset >= plainFrom) return log.wait(partition, offset, signal);
      const from = this.#hiddenRuns[partition]?.get(offset) ?? offset;
      if (!(await log.wait(partition, from, signal))) return false;
      if ((await this.read(partition, offset, READ_BYTES)).length > 0) return true;
    }
  }

  bounds(partition: number): PartitionBounds {
    const bounds = this.#hub.log.bounds(partition);
    const plainFrom = this.#hub.routing.plainFrom(partition);
    if (plainFrom !== undefined && (plainFrom === 0 || bounds.next > plainFrom)) return bounds;
    const { next, lastEnqueuedTime } = this.#tails[partition]!;
    return { first: bounds.first, next, lastEnqueuedTime };
  }

  async close(): Promise<void> {
    this.#stopListening();
    this.#closing.abort();
    this.#changed.ring();
    await Promise.all(this.#followers);
  }

  async #seenOf(partition: number, records: readonly LogRecord[], routing: CompiledRouting): Promise<LogRecord[]> {
    if (routing.isPlain) return [...records];
    const seen: LogRecord[] = [];
    for (const record of records) {
      const shown = await this.#shown(new RoutedRecord(partition, record), routing);
      if (shown !== 'hidden' && shown !== 'tooLarge') seen.push(shown);
    }
    return seen;
  }

  /** A record as readers see it. What happened to devices is here because it was routed here. */
  async #shown(record: RoutedRecord, routing: CompiledRouting): Promise<LogRecord | 'hidden' | 'tooLarge'> {
    const { twinCache } = this.#hub;
    if (isTelemetry(record.record.data) && !(await routing.isKept(record, twinCache))) return 'hidden';
    const added = await routing.enrichmentsFor(BUILT_IN_ENDPOINT, record, twinCache);
    if (Object.keys(added).length === 0) return record.record;
    if (enriched(record, added) === undefined) return 'tooLarge';
    return { ...record.record, data: withProperties(record.record.data, added) };
  }

  #sawUpTo(partition: number, { offset, enqueuedTime }: LogRecord): void {
    const tail = this.#tails[partition]!;
    if (offset < tail.next) return;
    tail.next = offset + 1;
    tail.lastEnqueuedTime = enqueuedTime;
  }

  #rememberHidden(partition: number, from: number, to: number): void {
    const runs = this.#hiddenRuns[partition]!;
    runs.delete(from);
    if (to > from) runs.set(from, to);
    if (runs.size <= HIDDEN_RUNS_MAX) return;
    for (const oldest of runs.keys()) {
      runs.delete(oldest);
      return;
    }
  }

  /** A disk that fails for a while is no reason to stop for good. */
  async #keepFollowing(partition: number): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#follow(partition);
      } catch (fault) {
        this.#onFault(fault);
        await pause(AGAIN_AFTER_MS, signal);
      }
    }
  }

  /** Keeps the end of a partition known while routing hides some of it; waits for a change of routing while it does not. */
  async #follow(partition: number): Promise<void> {
    const tail = this.#tails[partition]!;
    await this.#findTime(partition, tail);
    let savedTime = 0;
    let isSaved = true;
    while (!this.#closing.signal.aborted) {
      const range = await this.#hub.routing.rangeAt(partition, tail.lookedAt);
      if (range.routing.isPlain) {
        await this.#passPlain(partition, tail, range.end);
        if (range.end === Number.POSITIVE_INFINITY && this.#hub.routing.plainFrom(partition) !== undefined)
          await this.#changed.wait();
        continue;
      }
      const isMore = await this.#lookAt(partition, tail, range);
      isSaved &&= !isMore;
      if (!isSaved && (!isMore || this.#hub.clock.now() - savedTime > SAVED_EVERY_MS)) {
        await this.#save(partition, tail);
        savedTime = this.#hub.clock.now();
        isSaved = true;
      }
      if (!isMore) await this.#hub.log.wait(partition, tail.lookedAt, this.#closing.signal);
    }
    if (!isSaved) await this.#save(partition, tail);
  }

  /** Everything up to where the table ends, or the log, is seen. */
  async #passPlain(partition: number, tail: Tail, end: number): Promise<void> {
    const stop = Math.min(end, this.#hub.log.bounds(partition).next);
    if (stop <= tail.lookedAt) return;
    tail.lookedAt = stop;
    tail.next = stop;
    await this.#findTime(partition, tail);
  }

  /** Looks at some records; false when there are none. */
  async #lookAt(
    partition: number,
    tail: Tail,
    { routing, end }: { routing: CompiledRouting; end: number },
  ): Promise<boolean> {
    const records = await this.#hub.log.read(partition, tail.lookedAt, READ_BYTES);
    for (const record of records) {
      // An older table's records may have gone: then the next look is with the table of the oldest that is left.
      if (record.offset >= end) {
        tail.lookedAt = Math.max(tail.lookedAt, end);
        return true;
      }
      const shown = await this.#shown(new RoutedRecord(partition, record), routing);
      if (shown === 'tooLarge') this.#droppedMessages++;
      if (shown !== 'hidden' && shown !== 'tooLarge') this.#sawUpTo(partition, record);
      tail.lookedAt = record.offset + 1;
    }
    return records.length > 0;
  }

  async #findTime(partition: number, tail: Tail): Promise<void> {
    if (tail.next === 0) return;
    const [last] = await this.#hub.log.read(partition, tail.next - 1, 1);
    // Gone with retention: then what is left is younger, and a partition that looks empty has the time of nothing.
    tail.lastEnqueuedTime = last?.offset === tail.next - 1 ? last.enqueuedTime : 0;
  }

  async #save(partition: number, { lookedAt, next }: Tail): Promise<void> {
    const { log } = this.#hub;
    await Promise.all([
      log.setCheckpoint(SEEN_GROUP, partition, lookedAt),
      log.setCheckpoint(VISIBLE_GROUP, partition, next),
    ]);
  }
}
