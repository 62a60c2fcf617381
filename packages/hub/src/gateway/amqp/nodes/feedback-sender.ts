import { LIMITS } from '@viaduct/contracts';
import {
  abandonFeedback,
  completeFeedback,
  lockFeedbackBatch,
  onFeedback,
} from '../../../core/command/deliver-feedback.ts';
import { feedbackDocument } from '../../../core/command/feedback-document.ts';
import type { FeedbackBatch, KeepsCommands, KnowsItsNames, MakesRandomness, TellsTime } from '../../../core/ports.ts';
import { Section } from '../codec/amqp-message.ts';
import type { PayloadWriter } from '../engine/engine.ts';
import { LockedSender } from './locked-sender.ts';

type FeedbackHub = KeepsCommands & TellsTime & MakesRandomness & KnowsItsNames;

/** Sends what became of commands to one back end, in locked batches. */
export class FeedbackSender extends LockedSender<FeedbackBatch, OutgoingFeedback> {
  constructor(hub: FeedbackHub, onFault: (fault: unknown) => void, onEnded: () => void) {
    const userId = Buffer.from((hub.hostNames[0] ?? '').split('.')[0] ?? '');
    const queue = {
      lock: () => lockFeedbackBatch(hub),
      complete: (lockToken: string) => completeFeedback(hub, lockToken),
      abandon: (lockToken: string) => abandonFeedback(hub, lockToken),
      onWaiting: (listener: () => void) => onFeedback(hub, listener),
      now: () => hub.clock.now(),
      lockMs: LIMITS.COMMAND_LOCK_SECONDS * 1_000,
      payload: FEEDBACK_PAYLOAD,
      payloadOf: (batch: FeedbackBatch) => ({ batch, userId }),
    };
    super(queue, onFault, onEnded);
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

    const json = Buffer.from(asciiJson(feedbackDocument(batch)), 'latin1');
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
