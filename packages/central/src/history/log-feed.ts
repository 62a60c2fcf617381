import { setTimeout as pause } from 'node:timers/promises';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { AppendsToLog, OnFault } from '@viaduct/hub';
import type { LogRecord } from '@viaduct/log';
import { packRecords } from './pack-records.ts';
import type { LogPiece, StoredPlace } from './thread-messages.ts';

/** One read of the log, bytes: little enough that devices have their turn soon. */
const READ_BYTES = 256 * 1_024;

/** A thread that is busier than this has devices waiting for it; looked at this often, ms. */
const BUSY = 0.8;
const BUSY_WINDOW_MS = 200;
/** What is read then: charts come late, and acknowledgements do not. A twentieth of what a busy thread takes from devices. */
const BUSY_RECORDS_PER_SECOND = 15_000;

/**
 * Where each partition goes on. A log that ends before what was read of it is not the one that it was: it was removed, or restored from
 * before. What it has that is newer than all that was read is read; nothing is read twice, and the operator is told.
 */
export async function reachablePlaces(
  { log, eventPartitions }: AppendsToLog,
  places: ReadonlyMap<number, StoredPlace>,
  onFault: OnFault,
): Promise<ReadonlyMap<number, StoredPlace>> {
  // Another log may have fewer partitions, too.
  const reachable = new Map([...places].filter(([partition]) => partition < 2 * eventPartitions));
  for (const [partition, { next, lastTime }] of [...reachable]) {
    const end = log.bounds(partition).next;
    if (next <= end) continue;
    reachable.set(partition, { next: await log.offsetAt(partition, lastTime + 1), lastTime });
    const what = `partition ${partition} of the log ends at ${end}, and the history had read it up to ${next}`;
    onFault(new HubError('history.unavailable', `${what}: the log is another one, and is read from what is newer on`));
  }
  return reachable;
}

export interface FeedParts {
  readonly hub: AppendsToLog;
  readonly places: ReadonlyMap<number, StoredPlace>;
  readonly send: (kind: 'recount' | 'records', piece: LogPiece) => void;
  readonly onFault: OnFault;
}

/**
 * Carries the log to the thread of the store: each partition at its own pace, at most LIMITS.HISTORY_IN_FLIGHT_BYTES_MAX that the thread has
 * not taken, and one read at a time. While this thread is busy with devices it only keeps things moving; the log has the rest.
 */
export class LogFeed {
  readonly #parts: FeedParts;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  /** By partition: what was sent and is not known to be written, and when its first record was enqueued. */
  readonly #unwritten: { readonly end: number; readonly time: number }[][] = [];
  #inFlightBytes = 0;
  #missed = 0;
  #wakeSender: (() => void) | undefined;
  /** Reads of all partitions take turns: side by side they would load the disk and the thread of the devices at once. */
  #reading: Promise<unknown> = Promise.resolve();
  #measuredFrom = performance.eventLoopUtilization();
  #measuredAt = performance.now();
  #isBusy = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    const { hub } = parts;
    const partitions = Array.from({ length: 2 * hub.eventPartitions }, (_, partition) => partition);
    for (const partition of partitions) this.#unwritten[partition] = [];
    this.#running = Promise.all(partitions.map((partition) => this.#carry(partition))).then(() => {});
  }

  /** Records that retention had taken from the log before they were read. */
  get missed(): number {
    return this.#missed;
  }

  /** The thread has room for so much again. */
  taken(bytes: number): void {
    this.#inFlightBytes -= bytes;
    this.#wakeSender?.();
  }

  /** What is before `next` can be read. */
  written(partition: number, next: number): void {
    const sent = this.#unwritten[partition] ?? [];
    while (sent[0] !== undefined && sent[0].end <= next) sent.shift();
  }

  /** When the oldest of what was sent and is not written was enqueued, ms since 1970. */
  oldestUnwritten(): number | undefined {
    const oldest = this.#unwritten.flatMap(([first]) => (first === undefined ? [] : [first.time]));
    return oldest.length === 0 ? undefined : Math.min(...oldest);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#wakeSender?.();
    await this.#running;
  }

  async #carry(partition: number): Promise<void> {
    const { hub, places, onFault } = this.#parts;
    const { signal } = this.#closing;
    const place = places.get(partition);
    let next = place?.next ?? 0;
    try {
      if (place !== undefined) await this.#recount(partition, place);
      while (await hub.log.wait(partition, next, signal)) {
        const records = await this.#read(partition, next);
        const first = records[0]?.offset ?? next;
        if (first > next && next > 0) this.#miss(partition, first - next);
        next = first + records.length;
        if (records[0] !== undefined) {
          this.#unwritten[partition]?.push({ end: next, time: records[0].enqueuedTime });
          this.#send('records', partition, records);
        }
        await this.#room();
      }
    } catch (thrown) {
      // A log that is damaged is told by whoever watches it; the history of this partition stands still.
      if (!signal.aborted) onFault(thrown);
    }
  }

  #read(partition: number, offset: number): Promise<LogRecord[]> {
    const read = this.#reading.then(() => this.#parts.hub.log.read(partition, offset, READ_BYTES));
    this.#reading = read.then(
      (records) => this.#leaveTime(records.length),
      () => {},
    );
    return read;
  }

  async #leaveTime(records: number): Promise<void> {
    const elapsedMs = performance.now() - this.#measuredAt;
    if (elapsedMs >= BUSY_WINDOW_MS) {
      const { utilization } = performance.eventLoopUtilization(this.#measuredFrom);
      this.#isBusy = utilization > BUSY;
      this.#measuredFrom = performance.eventLoopUtilization();
      this.#measuredAt = performance.now();
    }
    if (this.#isBusy) await pause((records / BUSY_RECORDS_PER_SECOND) * 1_000, undefined, { ref: false });
  }

  async #recount(partition: number, { next, lastTime }: StoredPlace): Promise<void> {
    const { log } = this.#parts.hub;
    let offset = await log.offsetAt(partition, lastTime);
    while (offset < next) {
      const records = (await log.read(partition, offset, READ_BYTES)).filter((record) => record.offset < next);
      if (records.length === 0) return;
      this.#send('recount', partition, records);
      offset += records.length;
    }
  }

  #send(kind: 'recount' | 'records', partition: number, records: readonly LogRecord[]): void {
    const packed = packRecords(records);
    if (kind === 'records') this.#inFlightBytes += packed.byteLength;
    this.#parts.send(kind, { partition, firstOffset: records[0]?.offset ?? 0, packed });
  }

  /** All who wait are woken together; who finds no room waits again. */
  async #room(): Promise<void> {
    while (this.#inFlightBytes >= LIMITS.HISTORY_IN_FLIGHT_BYTES_MAX && !this.#closing.signal.aborted) {
      await new Promise<void>((resolve) => {
        const others = this.#wakeSender;
        this.#wakeSender = () => {
          this.#wakeSender = undefined;
          others?.();
          resolve();
        };
      });
    }
  }

  #miss(partition: number, records: number): void {
    this.#missed += records;
    const text = `${records} messages of partition ${partition} were removed from the log before the history had read them`;
    this.#parts.onFault(new HubError('history.unavailable', text));
  }
}
