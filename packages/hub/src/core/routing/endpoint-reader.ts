import { type EndpointLoss, LIMITS } from '@viaduct/contracts';
import type { AppendsToLog, MakesRandomness, TellsTime } from '../ports.ts';
import { isTelemetry } from '../record/record.ts';
import { LinkedSignal } from './bell.ts';
import type { RoutesRecords } from './built-in-view.ts';
import { type CompiledRouting, enriched, type OutgoingMessage } from './compiled-routing.ts';
import type { Lag } from './endpoint-meter.ts';
import { RoutedRecord } from './routed-record.ts';

export type ReadsRouted = AppendsToLog & TellsTime & MakesRandomness & RoutesRecords;

export type NewLoss = Omit<EndpointLoss, 'time'>;

/** What is read of a partition at once, bytes. */
const READ_BYTES = 262_144;

/** Reads of one batch: an endpoint that few of many records go to still moves its checkpoint now and then. */
const READS_MAX = 64;

interface Cursor {
  readonly partition: number;
  readonly half: 'telemetry' | 'happenings';
  /** The next offset to read. */
  next: number;
  /** What a restart reads from. */
  saved: number;
  /** Enqueued time of the last record read; null when none was. */
  lastTime: number | null;
}

/**
 * Reads what is routed to one endpoint, by the table in force at each offset, from where it left off.
 *
 *     log ─► records the routes take ─► enriched ─► batches          checkpoint: what was delivered
 *
 * Invariants
 *  1. A partition is read in order, and offsets only rise until `goBack`.
 *  2. What no route could take is passed without being read.
 *  3. A gap that retention made is told before anything behind it is read.
 */
export class EndpointReader {
  readonly #hub: ReadsRouted;
  readonly #endpointId: string;
  readonly #group: string;
  readonly #cursors: readonly Cursor[];
  readonly #onLoss: (loss: NewLoss) => void;
  #turn = 0;

  constructor(
    hub: ReadsRouted,
    endpoint: { readonly id: string; readonly partitions: readonly number[] },
    onLoss: (loss: NewLoss) => void,
  ) {
    this.#hub = hub;
    this.#endpointId = endpoint.id;
    this.#group = checkpointGroup(endpoint.id);
    this.#onLoss = onLoss;
    this.#cursors = endpoint.partitions.map((partition) => {
      const saved = hub.log.checkpoint(this.#group, partition) ?? 0;
      const half = partition < hub.eventPartitions ? 'telemetry' : 'happenings';
      return { partition, half, next: saved, saved, lastTime: null };
    });
  }

  /** The next messages, of all partitions in turn; `atEnd` when there are no more now. */
  async gather(signal: AbortSignal): Promise<{ readonly messages: OutgoingMessage[]; readonly atEnd: boolean }> {
    const messages: OutgoingMessage[] = [];
    const room = { bytes: LIMITS.ENDPOINT_BATCH_BYTES_MAX };
    let idle = 0;
    for (let reads = 0; reads < READS_MAX && idle < this.#cursors.length && !signal.aborted; reads++) {
      const cursor = this.#cursors[this.#turn++ % this.#cursors.length]!;
      idle = (await this.#gatherFrom(cursor, messages, room)) ? 0 : idle + 1;
      if (messages.length >= LIMITS.ENDPOINT_BATCH_MESSAGES_MAX || room.bytes <= 0) break;
    }
    return { messages, atEnd: idle >= this.#cursors.length };
  }

  /** Resolves when there may be more, true; or with the signal, or after a time. */
  async untilMore(signal: AbortSignal, ms?: number): Promise<boolean> {
    const waiting = new LinkedSignal(signal, ms);
    try {
      const followed = this.#cursors.filter(({ half }) => this.#hub.routing.routing.follows(this.#endpointId, half));
      const waits = followed.map(({ partition, next }) => this.#hub.log.wait(partition, next, waiting.signal));
      return await Promise.race([...waits, untilAborted(waiting.signal)]);
    } finally {
      waiting.close();
    }
  }

  /** Whether a restart would read again what was read. */
  get isUnsaved(): boolean {
    return this.#cursors.some(({ next, saved }) => next !== saved);
  }

  /** Everything read was delivered, but for what `oldestHeld` names. Resolves when a restart would know. */
  async checkpoint(oldestHeld: (partition: number) => number | undefined): Promise<void> {
    const moved = this.#cursors.filter((cursor) => safeOf(cursor, oldestHeld) !== cursor.saved);
    await Promise.all(
      moved.map(async (cursor) => {
        const safe = safeOf(cursor, oldestHeld);
        await this.#hub.log.setCheckpoint(this.#group, cursor.partition, safe);
        cursor.saved = safe;
      }),
    );
  }

  /** What was read since the checkpoint is read again. */
  goBack(): void {
    for (const cursor of this.#cursors) cursor.next = cursor.saved;
  }

  /** Tells what retention removed before it was read, without reading: for an endpoint that takes nothing. */
  async lookForGaps(): Promise<void> {
    for (const cursor of this.#cursors) {
      await this.#passUnrouted(cursor);
      const { first } = this.#hub.log.bounds(cursor.partition);
      if (first > cursor.next) await this.#tellGap(cursor, first);
    }
  }

  /** How far behind the log's end; the oldest of `waiting` is the oldest there is. */
  lag(waiting: readonly OutgoingMessage[]): Lag {
    let messages = waiting.length;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { enqueuedTime } of waiting) oldest = Math.min(oldest, enqueuedTime);
    for (const { partition, half, next, lastTime } of this.#cursors) {
      const { next: end, lastEnqueuedTime } = this.#hub.log.bounds(partition);
      if (next >= end || !this.#hub.routing.routing.follows(this.#endpointId, half)) continue;
      messages += end - next;
      oldest = Math.min(oldest, lastTime ?? lastEnqueuedTime);
    }
    const seconds = oldest === Number.POSITIVE_INFINITY ? 0 : Math.max(0, (this.#hub.clock.now() - oldest) / 1_000);
    return { messages, seconds };
  }

  /** Reads some records of one partition; false when there was nothing to do there. */
  async #gatherFrom(cursor: Cursor, batch: OutgoingMessage[], room: { bytes: number }): Promise<boolean> {
    const range = await this.#passUnrouted(cursor);
    if (range === undefined) return false;
    const records = await this.#hub.log.read(cursor.partition, cursor.next, READ_BYTES);
    const [oldest] = records;
    if (oldest === undefined) return false;
    if (oldest.offset > cursor.next) {
      // The next look is with the table that is for the oldest record left.
      await this.#tellGap(cursor, oldest.offset);
      return true;
    }
    for (const record of records) {
      if (record.offset >= range.end || batch.length >= LIMITS.ENDPOINT_BATCH_MESSAGES_MAX || room.bytes <= 0) break;
      const message = await this.#messageOf(new RoutedRecord(cursor.partition, record), range.routing);
      if (message !== undefined) {
        batch.push(message);
        room.bytes -= message.body.length;
      }
      cursor.next = record.offset + 1;
      cursor.lastTime = record.enqueuedTime;
    }
    return true;
  }

  async #messageOf(record: RoutedRecord, routing: CompiledRouting): Promise<OutgoingMessage | undefined> {
    // What lies among telemetry and is none was copied there for the built-in endpoint: routes took it where it happened.
    if (record.partition < this.#hub.eventPartitions && !isTelemetry(record.record.data)) return undefined;
    const { twinCache } = this.#hub;
    if (!(await routing.goesTo(this.#endpointId, record, twinCache))) return undefined;
    const message = enriched(record, await routing.enrichmentsFor(this.#endpointId, record, twinCache));
    if (message !== undefined) return message;
    const { offset, enqueuedTime } = record.record;
    this.#onLoss({
      ...{ kind: 'tooLarge', count: 1, partition: record.partition, fromOffset: offset, toOffset: offset },
      ...{ fromTime: enqueuedTime, toTime: enqueuedTime, deviceId: record.sender.deviceId },
      message: `with its enrichments it is larger than ${LIMITS.TELEMETRY_BYTES_MAX} bytes`,
    });
    return undefined;
  }

  /** Moves over records that no table sends here. Returns the range to read in; undefined at the log's end. */
  async #passUnrouted(cursor: Cursor) {
    const { log, routing } = this.#hub;
    for (;;) {
      const range = await routing.rangeAt(cursor.partition, cursor.next);
      if (range.routing.follows(this.#endpointId, cursor.half)) return range;
      const { next } = log.bounds(cursor.partition);
      if (cursor.next >= Math.min(range.end, next)) return undefined;
      cursor.next = Math.min(range.end, next);
    }
  }

  async #tellGap(cursor: Cursor, first: number): Promise<void> {
    const { next: from, lastTime: fromTime, partition } = cursor;
    const count = first - from;
    const [oldest] = await this.#hub.log.read(partition, first, 1);
    const toTime = oldest?.enqueuedTime ?? null;
    this.#onLoss({
      ...{
        kind: 'overtaken',
        count,
        partition,
        fromOffset: from,
        toOffset: first - 1,
        fromTime,
        toTime,
        deviceId: null,
      },
      message: `${count} messages lost, ${spanText(fromTime, toTime)}: the log's retention removed them before the endpoint took them`,
    });
    cursor.next = first;
  }
}

export function checkpointGroup(endpointId: string): string {
  return `endpoint:${endpointId}`;
}

function safeOf({ partition, next }: Cursor, oldestHeld: (partition: number) => number | undefined): number {
  return oldestHeld(partition) ?? next;
}

function spanText(from: number | null, to: number | null): string {
  const text = (time: number | null) => (time === null ? 'unknown' : new Date(time).toISOString());
  return `from ${text(from)} to ${text(to)}`;
}

function untilAborted(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener('abort', () => resolve(false), { once: true });
  });
}
