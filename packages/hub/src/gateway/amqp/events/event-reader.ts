import { HubError, LIMITS } from '@viaduct/contracts';
import type { LogRecord } from '@viaduct/log';
import type { ReadsEvents } from '../../../core/routing/built-in-view.ts';
import type { OutgoingHandler, OutgoingLink } from '../engine/engine.ts';
import { EVENT_PAYLOAD } from './event-payload.ts';

/** How much of the log is read at once, bytes. */
const BATCH_BYTES = 1_048_576;

export interface EventReaderOptions {
  readonly log: ReadsEvents;
  readonly partition: number;
  /** Resolves with the offset to begin at. */
  readonly start: Promise<number>;
  /** Whether every event tells where the partition ends. */
  readonly withRuntimeInformation: boolean;
  readonly now: () => number;
  /** A reader for whom events wait may go without credit for so long, ms. Default LIMITS.CONSUMER_STALLED_SECONDS_MAX. */
  readonly stalledMs?: number;
  /** Called once, when the link is gone. */
  readonly onEnded: () => void;
  /** Reading is over for a reason of ours. */
  readonly onFault: (fault: unknown) => void;
}

/**
 * Sends a partition to one reader: a cursor over the log, never a queue.
 *
 *     batch from log.read ─► link.send while it can ─┬─► batch empty: read on, or wait for the live tail
 *                                                    └─► no credit or no room: wait for ready
 *
 * Invariants
 *  1. Events go out in the order of their offsets, each once; outcomes do not move the cursor.
 *  2. At most one batch is held in memory, and nothing is sent beyond credit, window or the socket's room.
 *  3. A drain is answered as soon as there is nothing more to read.
 *  4. Who takes nothing for long, though events wait, is told to go: it holds a place that others may want.
 */
export class EventReader implements OutgoingHandler {
  readonly #options: EventReaderOptions;
  readonly #ended = new AbortController();
  readonly #tag = Buffer.alloc(8);
  #link: OutgoingLink | undefined;
  #batch: readonly LogRecord[] = [];
  #sent = 0;
  #next: number | undefined;
  #atTail = false;
  #wake: (() => void) | undefined;

  constructor(options: EventReaderOptions) {
    this.#options = options;
  }

  /** The offset that goes out next; undefined until it is known where to begin. */
  get nextOffset(): number | undefined {
    return this.#next;
  }

  /** Begins to read for `link`. */
  begin(link: OutgoingLink): void {
    this.#link = link;
    void this.#run(link).catch((fault: unknown) => {
      if (!this.#ended.signal.aborted) this.#options.onFault(fault);
    });
  }

  ready(): void {
    if (this.#atTail && this.#link?.draining) this.#link.drained();
    this.#wake?.();
  }

  ended(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#batch = [];
    this.#wake?.();
    this.#options.onEnded();
  }

  async #run(link: OutgoingLink): Promise<void> {
    const { log, partition, start } = this.#options;
    const { signal } = this.#ended;
    this.#next = await start;
    while (!signal.aborted) {
      this.#sendBatch(link);
      if (this.#sent < this.#batch.length) await this.#untilReady(link);
      else if (!(await this.#readBatch(this.#next))) {
        if (link.draining) link.drained();
        this.#atTail = true;
        await log.wait(partition, this.#next, signal);
        this.#atTail = false;
      }
    }
  }

  async #readBatch(from: number): Promise<boolean> {
    const { log, partition } = this.#options;
    this.#batch = await log.read(partition, from, BATCH_BYTES);
    this.#sent = 0;
    return this.#batch.length > 0;
  }

  #sendBatch(link: OutgoingLink): void {
    const { log, partition, withRuntimeInformation, now } = this.#options;
    const newest = withRuntimeInformation ? log.bounds(partition) : undefined;
    const time = now();
    while (this.#sent < this.#batch.length && link.canSend) {
      const record = this.#batch[this.#sent++] as LogRecord;
      this.#tag.writeDoubleBE(record.offset);
      link.send(this.#tag, EVENT_PAYLOAD, { record, newest, now: time });
      this.#next = record.offset + 1;
    }
  }

  /** @throws HubError consumer.stalled */
  #untilReady(link: OutgoingLink): Promise<void> {
    const { stalledMs = LIMITS.CONSUMER_STALLED_SECONDS_MAX * 1_000 } = this.#options;
    return new Promise((resolve, reject) => {
      const stalled = () => {
        this.#wake = undefined;
        reject(
          new HubError('consumer.stalled', `for ${stalledMs / 1_000} s the reader took none of the events that wait`),
        );
      };
      const timer = setTimeout(stalled, stalledMs).unref();
      this.#wake = () => {
        if (!link.canSend && !this.#ended.signal.aborted) return;
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      // Room may have come back between the last send and now.
      this.#wake();
    });
  }
}
