import assert from 'node:assert/strict';
import { asHubError, partitionFor } from '@viaduct/contracts';
import type { Commit, CommitParty } from '@viaduct/log';
import { RecordStamp, Source, type Speaker } from '../../../core/record/record.ts';
import { requireTelemetrySize } from '../../../core/telemetry/accept-telemetry.ts';
import { amqpErrorOf, isFault } from '../amqp-error.ts';
import type { IncomingDelivery, IncomingHandler, IncomingLink } from '../engine/engine.ts';
import type { DeviceLinkHost } from './device-links.ts';
import { takeOrder } from './ordered-fault.ts';
import { type AmqpTelemetry, readTelemetry } from './telemetry-message.ts';

const DISK_CHECK_MS = 20;

/** Stamp and bag side by side. One for all: `log.write` copies before it returns. */
let scratch = Buffer.allocUnsafe(16_384);

/** A delivery that waits for the disk. */
interface Taken {
  readonly delivery: IncomingDelivery;
  readonly holdMs: number;
  readonly messages: number;
  /** Commits that hold its messages and are not durable yet: two at most, when a batch did not fit into one. */
  commits: number;
}

/**
 * Telemetry from one link to the log: no promise per message, and one call back per commit.
 *
 *     delivery ─► messages ─► log.write ─► #waiting ─ committed ─► (throttled: held) ─► accepted
 *          └──── malformed, too large, throttled ──┴──── failed ─► rejected
 *
 * Invariants
 *  1. `accepted` only after every message of the delivery is durable; of a batch that is refused before it is written,
 *     nothing is.
 *  2. Messages reach the log in the order in which they came.
 *  3. While the log is congested no credit is given back, so what waits is bounded by the link's credit.
 */
export class TelemetryReceiver implements IncomingHandler, CommitParty {
  readonly #host: DeviceLinkHost;
  readonly #onEnded: () => void;
  readonly #partition: number;
  readonly #waiting = new Map<Commit, Taken[]>();
  #link: IncomingLink | undefined;
  #stamp: RecordStamp;
  #stampedFor: Speaker;
  #diskCheck: NodeJS.Timeout | undefined;

  constructor(host: DeviceLinkHost, onEnded: () => void) {
    this.#host = host;
    this.#onEnded = onEnded;
    this.#partition = partitionFor(host.speaker.deviceId, host.hub.eventPartitions);
    this.#stampedFor = host.speaker;
    this.#stamp = new RecordStamp(host.speaker, Source.telemetry);
  }

  begin(link: IncomingLink): void {
    this.#link = link;
  }

  message(delivery: IncomingDelivery): void {
    this.#host.heard();
    try {
      this.#take(delivery);
    } catch (thrown) {
      this.#reject(delivery, thrown);
    }
    if (this.#host.hub.log.congested) this.#waitForDisk();
  }

  ended(): void {
    clearTimeout(this.#diskCheck);
    this.#diskCheck = undefined;
    this.#onEnded();
  }

  // ---- CommitParty -----------------------------------------------------------------------------------------------------

  committed(commit: Commit): void {
    for (const taken of this.#takenIn(commit)) {
      if (--taken.commits > 0) continue;
      this.#host.accepted(taken.messages);
      accept(taken);
    }
  }

  failed(commit: Commit, error: Error): void {
    for (const { delivery } of this.#takenIn(commit)) this.#reject(delivery, error);
  }

  #takenIn(commit: Commit): readonly Taken[] {
    const taken = this.#waiting.get(commit);
    this.#waiting.delete(commit);
    assert(taken, 'a commit is reported once, to who wrote into it');
    return taken;
  }

  // ---- one delivery ----------------------------------------------------------------------------------------------------

  #take(delivery: IncomingDelivery): void {
    const { hub, speaker } = this.#host;
    const messages = readTelemetry(delivery.format, delivery.payload);
    for (const { bag, body } of messages) requireTelemetrySize(bag, body.length);
    if (hub.faultInjection !== null && takeOrder(hub.faultInjection, this.#host, delivery, messages)) return;
    const holdMs = hub.throttle?.take(speaker, 'telemetry', messages.length) ?? 0;
    if (hub.throttle !== null)
      for (const { bag, body } of messages) hub.throttle.countMessage(bag.length + body.length);
    const taken: Taken = { delivery, holdMs, messages: messages.length, commits: 0 };
    for (const message of messages) this.#wait(taken, this.#write(message));
    if (messages.length === 0) delivery.accept();
  }

  #write({ bag, body }: AmqpTelemetry): Commit {
    this.#restamp();
    const { bytes } = this.#stamp;
    this.#stamp.set(0, bag.length);
    const headLength = bytes.length + bag.length;
    if (scratch.length < headLength) scratch = Buffer.allocUnsafe(headLength);
    bytes.copy(scratch);
    scratch.write(bag, bytes.length, 'latin1');
    return this.#host.hub.log.write(this.#partition, scratch, headLength, body, 0, body.length);
  }

  /** The device may announce its model at any link. */
  #restamp(): void {
    const { speaker } = this.#host;
    if (speaker === this.#stampedFor) return;
    this.#stampedFor = speaker;
    this.#stamp = new RecordStamp(speaker, Source.telemetry);
  }

  #wait(taken: Taken, commit: Commit): void {
    let waiting = this.#waiting.get(commit);
    if (waiting === undefined) {
      waiting = [];
      this.#waiting.set(commit, waiting);
      commit.add(this);
    }
    if (waiting.at(-1) === taken) return;
    waiting.push(taken);
    taken.commits++;
  }

  /** Of a batch it may come twice, or after the first part was durable; a delivery is settled once. */
  #reject(delivery: IncomingDelivery, thrown: unknown): void {
    if (isFault(thrown)) this.#host.fault(thrown);
    else this.#host.refused(asHubError(thrown));
    delivery.reject(amqpErrorOf(thrown));
  }

  #waitForDisk(): void {
    if (this.#diskCheck !== undefined) return;
    this.#link?.holdCredit();
    const check = () => {
      if (this.#host.hub.log.congested) {
        this.#diskCheck = setTimeout(check, DISK_CHECK_MS);
        return;
      }
      this.#diskCheck = undefined;
      this.#link?.giveCredit();
    };
    this.#diskCheck = setTimeout(check, DISK_CHECK_MS);
  }
}

/** Over the limit, the device hears late instead of never. */
function accept({ delivery, holdMs }: Taken): void {
  if (holdMs > 0) setTimeout(() => delivery.accept(), holdMs).unref();
  else delivery.accept();
}
