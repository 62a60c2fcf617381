import { type EndpointState, LIMITS } from '@viaduct/contracts';
import type { EndpointRecord, RoutingStore } from '../ports.ts';
import type { OnFault } from '../repeating-task.ts';
import { LinkedSignal, pause } from './bell.ts';
import type { OutgoingMessage } from './compiled-routing.ts';
import {
  type EndpointConfiguration,
  type EndpointConnection,
  EndpointFailure,
  type OpensEndpoints,
} from './endpoint.ts';
import { EndpointMeter } from './endpoint-meter.ts';
import { EndpointReader, type NewLoss, type ReadsRouted } from './endpoint-reader.ts';

export interface EndpointWorkerParts {
  readonly hub: ReadsRouted;
  readonly endpoint: EndpointRecord;
  /** Partitions of the log that it reads. */
  readonly partitions: readonly number[];
  readonly opens: OpensEndpoints;
  readonly losses: Pick<RoutingStore, 'saveLoss'>;
  readonly onFault: OnFault;
}

/** After a wake-up, so much is waited for company, ms: under a flood batches are delivered, not messages. */
const LINGER_MS = 10;
/** How far a crash makes a delivered message come again, ms. */
const CHECKPOINT_EVERY_MS = 500;
/** A delivery under way is given up so long after the end began, ms. */
const CLOSE_MS_MAX = 2_000;
/** How often files that are held are looked at, and gaps of endpoints that take nothing, ms. */
const HOUSEKEEPING_MS = 5_000;

/**
 * Delivers to one endpoint what is routed to it.
 *
 *                      ┌────────────── paused, or its configuration was changed: closed and begun anew
 *     gather ─► open ─► deliver ─► delivered ─► checkpoint ─► gather …
 *       ▲                 │ failed ─► wait, longer each time ─► open, the same batch again
 *       │                 └ poison ─► that message is booked and left out; the rest again at once
 *       └─ wait for the log, for routing, or to be closed
 *
 * Invariants
 *  1. The checkpoint never passes a message that was not delivered, or booked as refused: at least once.
 *  2. Batches are delivered one after another, so one device's messages stay in order; what comes again comes in order too.
 *  3. At most one batch is in memory. What waits, waits in the log: a slow endpoint costs a position, and slows nobody.
 *  4. A failed delivery is tried again until it is taken, removed by retention, or the endpoint is removed.
 */
export class EndpointWorker {
  readonly #parts: EndpointWorkerParts;
  readonly #reader: EndpointReader;
  readonly #meter: EndpointMeter;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  /** Aborted when what the worker waits for is to be looked at again. */
  #attention = new AbortController();
  /** Aborted when a delivery under way is of no use any more: another configuration, a pause, the end. */
  #delivering = new AbortController();
  #mustReopen = false;
  /** Deliveries in a row that failed. */
  #failures = 0;
  #endpoint: EndpointRecord;
  #connection: EndpointConnection | undefined;
  #batch: OutgoingMessage[] = [];
  #savedTime = 0;

  constructor(parts: EndpointWorkerParts) {
    this.#parts = parts;
    this.#endpoint = parts.endpoint;
    this.#meter = new EndpointMeter(parts.hub.clock);
    this.#meter.paused(parts.endpoint.isPaused);
    this.#reader = new EndpointReader(parts.hub, { id: parts.endpoint.id, partitions: parts.partitions }, (loss) =>
      this.#lost(loss),
    );
    this.#running = this.#run();
  }

  get state(): EndpointState {
    return this.#meter.state(this.#endpoint.name, this.#reader.lag(this.#batch));
  }

  /** Something was saved: another configuration is used at once, and what was paused goes on. */
  changed(endpoint: EndpointRecord): void {
    const { configuration, isPaused } = this.#endpoint;
    const isSame =
      JSON.stringify(endpoint.configuration) === JSON.stringify(configuration) && endpoint.isPaused === isPaused;
    this.#endpoint = endpoint;
    if (!isSame) {
      this.#mustReopen = true;
      this.#meter.paused(endpoint.isPaused);
      this.#delivering.abort();
      this.#delivering = new AbortController();
    }
    this.#attention.abort();
    this.#attention = new AbortController();
  }

  /** Gives a delivery under way a moment to end. Resolves when nothing is delivered any more, and a restart knows what was. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#attention.abort();
    const patience = setTimeout(() => this.#delivering.abort(), CLOSE_MS_MAX);
    await this.#running;
    clearTimeout(patience);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#step();
      } catch (fault) {
        // Not the endpoint: the log or the store. They say so themselves; here it is only tried again.
        this.#parts.onFault(fault);
        await pause(LIMITS.ENDPOINT_RETRY_MS_MIN, signal);
      }
    }
    await this.#disconnect();
    await this.#checkpoint().catch(this.#parts.onFault);
  }

  async #step(): Promise<void> {
    const attention = this.#attention.signal;
    if (this.#mustReopen || this.#endpoint.isPaused) await this.#disconnect();
    if (this.#endpoint.isPaused) {
      await this.#reader.lookForGaps();
      await pause(HOUSEKEEPING_MS, attention);
      return;
    }
    let atEnd = false;
    if (this.#batch.length === 0) {
      const gathered = await this.#reader.gather(attention);
      this.#batch = gathered.messages;
      atEnd = gathered.atEnd;
    }
    if (this.#batch.length > 0) await this.#deliver(attention);
    else await this.#settleHeld();
    await this.#checkpointInTime(attention, atEnd);
  }

  /** At the log's end the checkpoint is saved when it is due, and then the next message is waited for. */
  async #checkpointInTime(attention: AbortSignal, atEnd: boolean): Promise<void> {
    if (this.#batch.length > 0) return;
    const due = this.#savedTime + CHECKPOINT_EVERY_MS - performance.now();
    if (due <= 0 && this.#reader.isUnsaved) await this.#checkpoint();
    if (!atEnd) return;
    const isMore = await this.#reader.untilMore(attention, this.#housekeepingMs(due));
    if (isMore) await pause(LINGER_MS, attention);
  }

  /** When to look even if nothing comes; undefined for not at all. */
  #housekeepingMs(checkpointDueMs: number): number | undefined {
    if (this.#connection?.held !== undefined) return HOUSEKEEPING_MS;
    return this.#reader.isUnsaved ? Math.max(1, checkpointDueMs) : undefined;
  }

  async #deliver(attention: AbortSignal): Promise<void> {
    const messages = this.#batch;
    try {
      await withTimeLimit(this.#delivering.signal, async (signal) => {
        const configuration = this.#endpoint.configuration as unknown as EndpointConfiguration;
        this.#connection ??= await this.#parts.opens.open(configuration, signal);
        await this.#connection.deliver(messages, signal);
      });
      this.#batch = [];
      this.#meter.delivered(messages.length, bytesOf(messages));
      this.#failures = 0;
    } catch (error) {
      await this.#failed(error, attention);
    }
  }

  async #settleHeld(): Promise<void> {
    const held = this.#connection?.held;
    if (held === undefined) return;
    try {
      await withTimeLimit(this.#delivering.signal, (signal) => held.settleDue(signal));
    } catch (error) {
      await this.#failed(error, this.#attention.signal);
    }
  }

  async #failed(error: unknown, attention: AbortSignal): Promise<void> {
    const isGivenUp = this.#mustReopen || this.#closing.signal.aborted;
    await this.#disconnect();
    if (isGivenUp) return;
    const failure = asFailure(error);
    if (!(error instanceof EndpointFailure)) this.#parts.onFault(error);
    if (failure.poison !== undefined && this.#leaveOut(failure.poison, failure.message)) return;
    this.#meter.failed(failure.message, failure.kind === 'permanent');
    const wait = Math.max(failure.retryAfterMs ?? 0, this.#backOff(failure.kind));
    this.#meter.willTryAt(this.#parts.hub.clock.now() + wait);
    await this.#waitForRetry(Math.min(wait, RETRY_AFTER_MS_MAX), attention);
  }

  /** Twice as long each time, and not all at once: between half of it and all. */
  #backOff(kind: EndpointFailure['kind']): number {
    const { ENDPOINT_RETRY_MS_MIN: min, ENDPOINT_RETRY_MS_MAX: max } = LIMITS;
    const longest = kind === 'permanent' ? max : Math.min(max, min * 2 ** Math.min(this.#failures, 20));
    this.#failures++;
    return longest * (0.5 + this.#parts.hub.random.bytes(1).readUInt8() / 512);
  }

  /** While the endpoint takes nothing, retention goes on. */
  async #waitForRetry(ms: number, attention: AbortSignal): Promise<void> {
    for (let left = ms; left > 0; left -= HOUSEKEEPING_MS) {
      await this.#reader.lookForGaps();
      if (!(await pause(Math.min(left, HOUSEKEEPING_MS), attention))) return;
    }
  }

  /** False when no message of the batch is meant: then it is a failure like any other. */
  #leaveOut(poison: { readonly partition: number; readonly offset: number }, reason: string): boolean {
    const index = this.#batch.findIndex(
      ({ partition, offset }) => partition === poison.partition && offset === poison.offset,
    );
    const [refused] = index < 0 ? [] : this.#batch.splice(index, 1);
    if (refused === undefined) return false;
    const { partition, offset, enqueuedTime, deviceId } = refused;
    this.#lost({
      ...{ kind: 'refused', count: 1, partition, fromOffset: offset, toOffset: offset },
      ...{ fromTime: enqueuedTime, toTime: enqueuedTime, deviceId, message: reason },
    });
    return true;
  }

  #lost(loss: NewLoss): void {
    if (loss.kind === 'overtaken') this.#meter.lost(loss.count);
    else this.#meter.skipped(loss.message);
    const message = loss.message.slice(0, LIMITS.REASON_CHARACTERS_MAX);
    const booked = { ...loss, message, time: this.#parts.hub.clock.now() };
    void this.#parts.losses.saveLoss(this.#endpoint.id, booked).catch(this.#parts.onFault);
  }

  async #disconnect(): Promise<void> {
    this.#mustReopen = false;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    const isHolding = connection.held !== undefined;
    // What could not be closed is of no use any more, and says nothing about what was delivered.
    await connection.close().catch(this.#parts.onFault);
    if (!isHolding) return;
    this.#batch = [];
    this.#reader.goBack();
  }

  async #checkpoint(): Promise<void> {
    if (this.#batch.length > 0) return;
    this.#savedTime = performance.now();
    const held = this.#connection?.held;
    await this.#reader.checkpoint((partition) => held?.oldest(partition));
  }
}

/** An endpoint may ask to be left alone, but not for ever, ms. */
const RETRY_AFTER_MS_MAX = 3_600_000;

function asFailure(error: unknown): EndpointFailure {
  if (error instanceof EndpointFailure) return error;
  return new EndpointFailure('transient', error instanceof Error ? error.message : String(error), { cause: error });
}

/** Rejects when the work takes too long, or with `source`, whether or not the work heeds the signal it gets. */
async function withTimeLimit(source: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const seconds = LIMITS.ENDPOINT_DELIVERY_SECONDS_MAX;
  const linked = new LinkedSignal(source, seconds * 1_000);
  const given = new Promise<never>((_, reject) => {
    const giveUp = () =>
      reject(
        new EndpointFailure('transient', linked.isLate ? `no answer within ${seconds} s` : 'the endpoint was closed'),
      );
    if (linked.signal.aborted) giveUp();
    else linked.signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    await Promise.race([work(linked.signal), given]);
  } finally {
    given.catch(() => undefined);
    linked.close();
  }
}

function bytesOf(messages: readonly OutgoingMessage[]): number {
  let bytes = 0;
  for (const { body } of messages) bytes += body.length;
  return bytes;
}
