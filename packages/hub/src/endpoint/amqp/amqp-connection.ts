import { LIMITS } from '@viaduct/contracts';
import type { EventContext, Sender } from 'rhea';
import { type EndpointConnection, EndpointFailure, type RoutedMessage } from '../../core/routing/endpoint.ts';
import { inWindow } from '../in-window.ts';
import { poison } from '../poison.ts';
import { type AmqpForm, encodeAmqpMessage } from './amqp-message.ts';
import type { AmqpSocket } from './amqp-socket.ts';
import { conditionFailure, isPoison } from './condition-failure.ts';

export interface AmqpTarget {
  readonly address: string;
  /** For the one who reads a failure. */
  readonly name: string;
  readonly form: AmqpForm;
}

interface Transfer {
  readonly message: RoutedMessage;
  readonly bytes: Buffer;
  accept(): void;
  refuse(failure: EndpointFailure): void;
}

/**
 * The link to one address of a broker.
 *
 *     deliver ─► encode ─► waiting for credit ─► transfer, unsettled ─► accepted                       resolves
 *                                                                    └► rejected, released, modified   EndpointFailure
 *
 * 1. What waits for credit is sent in the order in which it came.
 * 2. When the connection ends, everything that waits or is unsettled hears why.
 */
export class AmqpConnection implements EndpointConnection {
  readonly #socket: AmqpSocket;
  readonly #target: AmqpTarget;
  readonly #sender: Sender;
  readonly #waiting: Transfer[] = [];
  readonly #unsettled = new Map<number, Transfer>();

  private constructor(socket: AmqpSocket, target: AmqpTarget) {
    this.#socket = socket;
    this.#target = target;
    this.#sender = socket.connection.open_sender({ target: { address: target.address } });
    this.#listen();
  }

  /** Resolves when the peer attached the link, and so has such an address. @throws EndpointFailure */
  static attach(socket: AmqpSocket, target: AmqpTarget): Promise<AmqpConnection> {
    return new Promise((resolve, reject) => {
      socket.onEnd(reject);
      const made = new AmqpConnection(socket, target);
      // A peer that refuses attaches first, without a target, and detaches with the reason: that is heard by the socket.
      made.#sender.once('sender_open', ({ sender }: EventContext) => {
        if (typeof sender?.target?.address === 'string') resolve(made);
      });
    });
  }

  async deliver(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    const window = {
      most: LIMITS.ENDPOINT_UNSETTLED_MAX,
      stalledSeconds: LIMITS.ENDPOINT_STALLED_SECONDS_MAX,
      signal,
      what: `delivering to ${this.#target.name}`,
    };
    await inWindow(messages, window, (message) => this.#send(message));
  }

  async close(): Promise<void> {
    this.#socket.end(new EndpointFailure('transient', `the connection to ${this.#target.name} was closed`));
  }

  async #send(message: RoutedMessage): Promise<void> {
    const bytes = encodeAmqpMessage(message, this.#target.form);
    const most = Number(this.#sender.max_message_size ?? 0);
    if (most > 0 && bytes.length > most)
      throw poison(message, `${this.#target.name} takes messages of ${most} bytes; this one has ${bytes.length}`);
    if (this.#socket.failure !== undefined) throw this.#socket.failure;
    await new Promise<void>((accept, refuse) => {
      this.#waiting.push({ message, bytes, accept, refuse });
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    while (this.#waiting.length > 0 && this.#sender.sendable()) {
      const transfer = this.#waiting.shift() as Transfer;
      this.#unsettled.set(this.#sender.send(transfer.bytes, undefined, 0).id, transfer);
    }
  }

  #listen(): void {
    const { name } = this.#target;
    this.#socket.onEnd((failure) => {
      for (const transfer of [...this.#unsettled.values(), ...this.#waiting.splice(0)]) transfer.refuse(failure);
      this.#unsettled.clear();
    });
    for (const event of ['sender_error', 'sender_close'])
      this.#sender.on(event, ({ sender }: EventContext) => this.#socket.end(conditionFailure(name, sender?.error)));
    this.#sender.on('sendable', () => this.#sendWaiting());
    this.#sender.on('accepted', (context: EventContext) => this.#settled(context)?.accept());
    for (const outcome of ['rejected', 'released', 'modified'])
      this.#sender.on(outcome, (context: EventContext) => {
        const transfer = this.#settled(context);
        transfer?.refuse(this.#outcomeFailure(outcome, transfer.message, context));
      });
  }

  #settled({ delivery }: EventContext): Transfer | undefined {
    if (delivery === undefined) return undefined;
    const transfer = this.#unsettled.get(delivery.id);
    this.#unsettled.delete(delivery.id);
    return transfer;
  }

  #outcomeFailure(outcome: string, message: RoutedMessage, { delivery }: EventContext): EndpointFailure {
    const { name } = this.#target;
    const state = delivery?.remote_state as { error?: unknown; undeliverable_here?: boolean } | undefined;
    if (isPoison(state?.error)) return poison(message, conditionFailure(name, state?.error).message);
    if (state?.undeliverable_here === true) return poison(message, `${name} says that it cannot be delivered there`);
    if (state?.error !== undefined && state.error !== null) return conditionFailure(name, state.error);
    return new EndpointFailure('transient', `${name} ${outcome} a message without a reason; it may be full`);
  }
}
