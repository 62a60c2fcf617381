import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import { amqpErrorOf } from '../amqp-error.ts';
import { type AmqpMessage, parseAmqpMessage, Section } from '../codec/amqp-message.ts';
import type { AmqpWriter } from '../codec/amqp-writer.ts';
import type { AttachRequest, IncomingDelivery, OutgoingLink, PayloadWriter } from '../engine/engine.ts';

/** What a request is answered with. `condition` only when it failed. */
export interface NodeAnswer {
  readonly statusCode: number;
  readonly statusDescription: string;
  readonly condition?: string;
  /** Writes the value that is the body; none for an answer without one. */
  readonly writeBody?: (writer: AmqpWriter) => void;
}

/** What a request that failed is answered with. */
export function refusedAnswer(thrown: unknown): NodeAnswer {
  const { condition, description } = amqpErrorOf(thrown);
  return { statusCode: asHubError(thrown).row.http, statusDescription: description, condition };
}

export type AnswerRequest = (message: AmqpMessage) => Promise<NodeAnswer>;

interface Answer extends NodeAnswer {
  readonly correlationId: Buffer;
}

interface ReplyLink {
  readonly link: OutgoingLink;
  readonly request: Pick<AttachRequest, 'name' | 'session' | 'peerAddress'>;
  readonly waiting: Answer[];
}

/**
 * A node that is asked by message and answers by message: `$cbs`, `$management`. One per connection.
 *
 * The request is settled before its answer leaves: one family of clients fails when the answer overtakes. Answers go to the
 * receiver of the same session, and where there are several to the one that the request's reply-to names.
 */
export class RequestNode {
  readonly #answer: AnswerRequest;
  readonly #replies = new Set<ReplyLink>();
  #tags = 0;

  constructor(answer: AnswerRequest) {
    this.#answer = answer;
  }

  attach(request: AttachRequest, onFault: (fault: unknown) => void): void {
    if (request.peerReceives) this.#attachReply(request);
    else {
      const { session } = request;
      request.acceptIncoming({
        message: (delivery) => void this.#requested(delivery, session).catch(onFault),
        ended: () => undefined,
      });
    }
  }

  #attachReply(request: AttachRequest): void {
    const reply: ReplyLink = {
      link: request.acceptOutgoing({
        ready: () => this.#send(reply),
        ended: () => this.#replies.delete(reply),
      }),
      request: { name: request.name, session: request.session, peerAddress: request.peerAddress },
      waiting: [],
    };
    this.#replies.add(reply);
  }

  async #requested(delivery: IncomingDelivery, session: number): Promise<void> {
    const message = parseAmqpMessage(delivery.payload);
    delivery.accept();
    const answer = await this.#answer(message);
    const reply = this.#findReply(session, message.replyTo);
    // Without an id or a link to answer on, the peer does not want to know.
    if (message.messageIdEncoded === undefined || reply === undefined) return;
    if (reply.waiting.length >= LIMITS.AMQP_ANSWERS_WAITING_MAX) {
      throw new HubError('connection.slow', 'the peer asks without giving credit for the answers');
    }
    reply.waiting.push({ ...answer, correlationId: message.messageIdEncoded });
    this.#send(reply);
  }

  #findReply(session: number, replyTo: string | undefined): ReplyLink | undefined {
    const all = [...this.#replies];
    const sameSession = all.filter(({ request }) => request.session === session);
    const candidates = sameSession.length > 0 ? sameSession : all;
    const named = ({ request }: ReplyLink) => request.peerAddress === replyTo || request.name === replyTo;
    return candidates.find(named) ?? candidates.at(-1);
  }

  #send({ link, waiting }: ReplyLink): void {
    while (link.canSend) {
      const answer = waiting.shift();
      if (answer === undefined) break;
      link.send(Buffer.from(String(this.#tags++)), ANSWER, answer);
    }
    if (waiting.length === 0 && link.draining) link.drained();
  }
}

/** Types matter: one client drops the answer unless status-code is an int, another wants the condition as a symbol. */
const ANSWER: PayloadWriter<Answer> = {
  write(writer, { correlationId, statusCode, statusDescription, condition, writeBody }) {
    writer.descriptor(Section.properties);
    const properties = writer.openList();
    for (let i = 0; i < 5; i++) writer.null();
    writer.raw(correlationId);
    writer.close(properties, 6);

    writer.descriptor(Section.applicationProperties);
    const application = writer.openMap();
    writer.string('status-code');
    writer.int(statusCode);
    writer.string('status-description');
    writer.string(statusDescription);
    if (condition !== undefined) {
      writer.string('error-condition');
      writer.symbol(condition);
    }
    writer.close(application, condition === undefined ? 4 : 6);

    if (writeBody !== undefined) {
      writer.descriptor(Section.value);
      writeBody(writer);
    }
  },
};
