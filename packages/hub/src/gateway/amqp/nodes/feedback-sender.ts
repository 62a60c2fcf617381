import {
  abandonFeedback,
  completeFeedback,
  lockFeedbackBatch,
  onFeedback,
} from '../../../core/command/deliver-feedback.ts';
import type { FeedbackBatch, KeepsCommands, KnowsItsNames, MakesRandomness, TellsTime } from '../../../core/ports.ts';
import { Section } from '../codec/amqp-message.ts';
import { guidBytes } from '../codec/guid-bytes.ts';
import type { Outcome, OutgoingHandler, OutgoingLink, PayloadWriter } from '../engine/engine.ts';

/**
 * Sends what became of commands to one back end. Several compete: each batch goes to one of them.
 *
 * A batch is locked while it is out. Accepted or rejected, it is done with; released or modified, or the link lost, it waits
 * again. At most IN_FLIGHT_MAX batches are out on one link, whatever the credit.
 */
const IN_FLIGHT_MAX = 10;

type FeedbackHub = KeepsCommands & TellsTime & MakesRandomness & KnowsItsNames;

export class FeedbackSender implements OutgoingHandler {
  readonly #hub: FeedbackHub;
  readonly #onFault: (fault: unknown) => void;
  readonly #onEnded: () => void;
  readonly #stopListening: () => void;
  readonly #inFlight = new Set<string>();
  #link: OutgoingLink | undefined;
  #sending = false;
  #again = false;

  constructor(hub: FeedbackHub, onFault: (fault: unknown) => void, onEnded: () => void) {
    this.#hub = hub;
    this.#onFault = onFault;
    this.#onEnded = onEnded;
    this.#stopListening = onFeedback(hub, () => this.ready());
  }

  begin(link: OutgoingLink): void {
    this.#link = link;
    this.ready();
  }

  ready(): void {
    this.#again = true;
    if (!this.#sending) this.#settled(this.#sendWaiting());
  }

  ended(): void {
    this.#stopListening();
    for (const lockToken of this.#inFlight) this.#settled(abandonFeedback(this.#hub, lockToken));
    this.#inFlight.clear();
    this.#onEnded();
  }

  async #sendWaiting(): Promise<void> {
    this.#sending = true;
    try {
      while (this.#again) {
        this.#again = false;
        while (this.#mayLock) {
          const batch = await lockFeedbackBatch(this.#hub);
          if (batch === undefined) break;
          await this.#send(batch);
        }
        if (this.#link?.draining) this.#link.drained();
      }
    } finally {
      this.#sending = false;
    }
  }

  get #mayLock(): boolean {
    return this.#link?.canSend === true && this.#inFlight.size < IN_FLIGHT_MAX;
  }

  async #send(batch: FeedbackBatch): Promise<void> {
    // The link may have lost its credit or its life while the batch was being locked.
    if (this.#link?.canSend !== true) return await abandonFeedback(this.#hub, batch.lockToken);
    this.#inFlight.add(batch.lockToken);
    const userId = Buffer.from((this.#hub.hostNames[0] ?? '').split('.')[0] ?? '');
    this.#link.send(guidBytes(batch.lockToken), FEEDBACK_PAYLOAD, { batch, userId }, (outcome) =>
      this.#settled(this.#decide(batch.lockToken, outcome)),
    );
  }

  async #decide(lockToken: string, outcome: Outcome): Promise<void> {
    if (!this.#inFlight.delete(lockToken)) return;
    if (outcome === 'accepted' || outcome === 'rejected') await completeFeedback(this.#hub, lockToken);
    else await abandonFeedback(this.#hub, lockToken);
    this.ready();
  }

  #settled(work: Promise<unknown>): void {
    work.catch(this.#onFault);
  }
}

interface OutgoingFeedback {
  readonly batch: FeedbackBatch;
  readonly userId: Buffer;
}

const CONTENT_TYPE = 'application/vnd.microsoft.iothub.feedback.json';

/** Every field here is one that a client cannot do without. */
const FEEDBACK_PAYLOAD: PayloadWriter<OutgoingFeedback> = {
  write(writer, { batch, userId }) {
    writer.descriptor(Section.messageAnnotations);
    const annotations = writer.openMap();
    writer.symbol('iothub-enqueuedtime');
    writer.timestamp(batch.enqueuedTime);
    writer.symbol('iothub-deliverycount');
    writer.ubyte(Math.min(batch.deliveryCount, 255));
    writer.symbol('x-opt-lock-token');
    writer.string(batch.lockToken);
    writer.close(annotations, 6);

    writer.descriptor(Section.properties);
    const properties = writer.openList();
    writer.null();
    writer.binary(userId);
    for (let i = 0; i < 4; i++) writer.null();
    writer.symbol(CONTENT_TYPE);
    writer.symbol('utf-8');
    writer.close(properties, 8);

    const json = Buffer.from(asciiJson(batch.records), 'latin1');
    writer.dataSection(json.length);
    writer.raw(json);
  },
};

/** JSON with everything beyond ASCII escaped: one client reads the bytes as text without decoding them. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
