import { createHmac } from 'node:crypto';
import { formatSas, LIMITS, sasSignedText } from '@viaduct/contracts';
import rhea, { type EventContext, type Receiver, type Sender } from 'rhea';
import { EndpointFailure } from '../../core/routing/endpoint.ts';
import { inTime } from '../in-time.ts';
import type { Namespace } from './amqp-configuration.ts';
import type { AmqpSocket } from './amqp-socket.ts';
import { conditionFailure } from './condition-failure.ts';

interface Waiting {
  answered(context: EventContext): void;
  failed(failure: EndpointFailure): void;
}

const CBS = '$cbs';
const TOKEN_TYPE = 'servicebus.windows.net:sastoken';

/**
 * Proves who we are to Event Hubs, Service Bus and what is compatible with them: a token is put to `$cbs` before the entity's link is
 * attached, and a new one before it runs out.
 *
 *     request    application properties operation=put-token, type, name={audience}, expiration; body: the token
 *     answer     application properties status-code, status-description; its correlation id is the request's message id
 *
 * Source: AMQP Claims-Based Security 1.0 (working draft) as Azure speaks it; @azure/core-amqp `CbsClient`.
 */
export class CbsLink {
  readonly #socket: AmqpSocket;
  readonly #namespace: Namespace;
  readonly #tokenSeconds: number;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #waiting = new Map<string, Waiting>();
  #turn = 0;
  #renewal: NodeJS.Timeout | undefined;

  constructor(socket: AmqpSocket, namespace: Namespace, tokenSeconds: number = LIMITS.ENDPOINT_TOKEN_SECONDS) {
    this.#tokenSeconds = tokenSeconds;
    this.#socket = socket;
    this.#namespace = namespace;
    const { connection } = socket;
    this.#receiver = connection.open_receiver({ source: { address: CBS }, target: { address: REPLY_TO } });
    this.#sender = connection.open_sender({ target: { address: CBS } });
    this.#receiver.on('message', (context: EventContext) => {
      this.#waiting.get(String(context.message?.correlation_id))?.answered(context);
    });
    for (const link of [this.#sender, this.#receiver]) {
      for (const event of ['sender_error', 'sender_close', 'receiver_error', 'receiver_close'])
        link.on(event, () => socket.end(conditionFailure(`${CBS} at ${namespace.host}`, link.error)));
    }
    socket.onEnd((failure) => {
      clearTimeout(this.#renewal);
      for (const { failed } of this.#waiting.values()) failed(failure);
    });
  }

  /** Resolves when the peer took the token. It is renewed until the connection ends; a renewal that fails ends it. @throws EndpointFailure */
  async authorize(signal: AbortSignal): Promise<void> {
    const { host } = this.#namespace;
    await inTime(this.#putToken(), {
      seconds: LIMITS.ENDPOINT_CONNECT_SECONDS_MAX,
      signal,
      what: `signing in to ${host}`,
    });
    this.#renewal = setTimeout(() => this.#renew(), (this.#tokenSeconds * 1_000 * 2) / 3);
    this.#renewal.unref();
  }

  #renew(): void {
    // Nobody waits for a renewal, so its failure is told by the connection's end.
    this.authorize(new AbortController().signal).catch((error: unknown) => {
      this.#socket.end(error instanceof EndpointFailure ? error : refused('the token could not be renewed', error));
    });
  }

  #putToken(): Promise<void> {
    const { host, entityPath } = this.#namespace;
    const audience = `sb://${host}/${entityPath}`;
    const expiration = Math.floor(Date.now() / 1_000) + this.#tokenSeconds;
    this.#turn += 1;
    const messageId = `token-${this.#turn}`;
    return new Promise((resolve, reject) => {
      const answered = ({ message }: EventContext) => {
        this.#waiting.delete(messageId);
        const { 'status-code': status, 'status-description': description } = message?.application_properties ?? {};
        if (status === 200 || status === 202) resolve();
        else reject(refused(`${host} refuses the token: ${status} ${String(description).slice(0, 300)}`));
      };
      this.#waiting.set(messageId, { answered, failed: reject });
      this.#sender.send({
        message_id: messageId,
        to: CBS,
        reply_to: REPLY_TO,
        application_properties: {
          operation: 'put-token',
          type: TOKEN_TYPE,
          name: audience,
          expiration: rhea.types.wrap_long(expiration),
        },
        body: this.#token(audience, expiration),
      });
    });
  }

  #token(audience: string, expiration: number): string {
    const { key, policy } = this.#namespace;
    const signature = createHmac('sha256', key).update(sasSignedText(audience, expiration)).digest('base64');
    return formatSas(audience, signature, expiration, policy);
  }
}

const REPLY_TO = 'viaduct-cbs';

function refused(message: string, cause?: unknown): EndpointFailure {
  return new EndpointFailure('permanent', message, { cause });
}
