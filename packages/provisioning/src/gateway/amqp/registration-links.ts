import { HubError, LIMITS } from '@viaduct/contracts';
import {
  type AmqpMessage,
  type AttachRequest,
  type IncomingDelivery,
  type OutgoingLink,
  parseAmqpMessage,
} from '@viaduct/hub';
import { requireApiVersion } from '../api-version.ts';
import { REGISTRATION_ANSWER, type RegistrationAnswer } from './registration-answer.ts';

/** Who answers what comes over the links. */
export interface AnswersRegistration {
  /** @throws HubError what the device is refused */
  answer(message: AmqpMessage, apiVersion: string | null): Promise<Omit<RegistrationAnswer, 'correlationId'>>;
  /** Settles a request that was refused. */
  refuse(delivery: IncomingDelivery, thrown: unknown): void;
}

interface ReplyLink {
  readonly link: OutgoingLink;
  readonly session: number;
  readonly waiting: RegistrationAnswer[];
}

/**
 * The links of one registration: requests come over one, answers leave over the other.
 *
 *     transfer ─► operation ─┬─ accepted, then its answer over the receiver of the same session
 *                            └─ rejected, with the problem
 *
 * At most LIMITS.PROVISIONING_REQUESTS_MAX are under way or wait for credit; more are rejected.
 */
export class RegistrationLinks {
  readonly #service: AnswersRegistration;
  readonly #replies = new Set<ReplyLink>();
  #underWay = 0;
  #tags = 0;

  constructor(service: AnswersRegistration) {
    this.#service = service;
  }

  attach(request: AttachRequest): void {
    if (request.peerReceives) this.#attachReply(request);
    else this.#attachRequests(request);
  }

  #attachRequests(request: AttachRequest): void {
    const { session } = request;
    const named = request.properties.get('com.microsoft:api-version') ?? null;
    const apiVersion = named === null ? null : requireApiVersion(named);
    request.acceptIncoming({
      message: (delivery) => void this.#requested(delivery, session, apiVersion),
      ended: () => undefined,
    });
  }

  #attachReply(request: AttachRequest): void {
    const reply: ReplyLink = {
      link: request.acceptOutgoing({ ready: () => this.#send(reply), ended: () => this.#ended(reply) }),
      session: request.session,
      waiting: [],
    };
    this.#replies.add(reply);
  }

  async #requested(delivery: IncomingDelivery, session: number, apiVersion: string | null): Promise<void> {
    this.#underWay++;
    try {
      if (this.#underWay > LIMITS.PROVISIONING_REQUESTS_MAX) throw tooMany();
      const message = parseAmqpMessage(delivery.payload);
      this.#requireReply(session);
      const answer = await this.#service.answer(message, apiVersion);
      delivery.accept();
      const reply = this.#findReply(session);
      // Gone meanwhile: nobody wants to know.
      if (reply === undefined) return;
      reply.waiting.push({ ...answer, correlationId: message.correlationIdEncoded ?? message.messageIdEncoded });
      // It counts until it has left.
      this.#underWay++;
      this.#send(reply);
    } catch (thrown) {
      this.#service.refuse(delivery, thrown);
    } finally {
      this.#underWay--;
    }
  }

  #requireReply(session: number): void {
    if (this.#findReply(session) !== undefined) return;
    throw new HubError('protocol.violation', 'there is no link to answer on: attach a receiver first');
  }

  /** Of the same session, the newest. */
  #findReply(session: number): ReplyLink | undefined {
    const all = [...this.#replies];
    return all.findLast((one) => one.session === session) ?? all.at(-1);
  }

  #send({ link, waiting }: ReplyLink): void {
    while (link.canSend) {
      const answer = waiting.shift();
      if (answer === undefined) break;
      this.#underWay--;
      link.send(Buffer.from(String(this.#tags++)), REGISTRATION_ANSWER, answer);
    }
    if (waiting.length === 0 && link.draining) link.drained();
  }

  /** Nobody will hear the answers that wait. */
  #ended(reply: ReplyLink): void {
    this.#replies.delete(reply);
    this.#underWay -= reply.waiting.splice(0).length;
  }
}

function tooMany(): HubError {
  return new HubError(
    'registration.limitReached',
    `more than ${LIMITS.PROVISIONING_REQUESTS_MAX} requests of one connection at a time`,
  );
}
