import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { LIMITS } from '@viaduct/contracts';
import type { EndpointConnection, RoutedMessage } from '../../core/routing/endpoint.ts';
import type { AddressTemplate } from '../address-template.ts';
import { inTime } from '../in-time.ts';
import { connectNats } from './connect-nats.ts';
import { type NatsConfiguration, natsSubject } from './nats-configuration.ts';
import { natsFailure, natsMessageFailure } from './nats-failure.ts';
import { natsHeaders, natsMessageId } from './nats-message.ts';

/**
 * A subject of a NATS server.
 *
 *     with JetStream   each message ─► the stream's acknowledgement; the next of the same device only then
 *     without          all messages ─► PING ─► PONG: the server has read them, and refused none
 *
 * JetStream drops what comes twice by `Nats-Msg-Id`. So a device's later message must not be stored while an earlier one may have failed: when
 * both came again, only the earlier one would be stored, and after the later. Devices do not wait for each other.
 */
export class NatsEndpointConnection implements EndpointConnection {
  readonly #client: NatsConnection;
  readonly #stream: JetStreamClient | undefined;
  readonly #subject: AddressTemplate;
  readonly #where: string;
  readonly #ended: Promise<never>;
  #refusal: Error | undefined;

  private constructor(client: NatsConnection, stream: JetStreamClient | undefined, configuration: NatsConfiguration) {
    this.#client = client;
    this.#stream = stream;
    this.#subject = natsSubject(configuration);
    this.#where = natsAddress(configuration);
    this.#ended = client.closed().then((error) => {
      throw natsFailure(this.#where, error);
    });
    // Heard by whoever delivers; an idle connection that ends is found out by the next delivery.
    this.#ended.catch(() => {});
  }

  /** @throws EndpointFailure */
  static async open(configuration: NatsConfiguration, signal: AbortSignal): Promise<NatsEndpointConnection> {
    const what = `connecting to ${natsAddress(configuration)}`;
    const seconds = LIMITS.ENDPOINT_CONNECT_SECONDS_MAX * configuration.servers.length;
    const connecting = connectNats(configuration, signal);
    try {
      const client = await inTime(connecting, { seconds, signal, what });
      const stream = configuration.jetStream ? (await import('@nats-io/jetstream')).jetstream(client) : undefined;
      const made = new NatsEndpointConnection(client, stream, configuration);
      void made.#watch();
      return made;
    } catch (error) {
      // One that is made after nobody waits for it any more is not kept.
      connecting.then((late) => late.close()).catch(() => {});
      throw error;
    }
  }

  async deliver(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    const delivering = this.#stream === undefined ? this.#publish(messages, signal) : this.#store(messages, signal);
    await Promise.race([delivering, this.#ended]);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #publish(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    this.#refusal = undefined;
    for (const message of messages) {
      try {
        this.#client.publish(this.#subject.fill(message), message.body, { headers: natsHeaders(message) });
      } catch (error) {
        throw natsMessageFailure(this.#where, message, error);
      }
    }
    const seconds = LIMITS.ENDPOINT_STALLED_SECONDS_MAX;
    await inTime(this.#client.flush(), { seconds, signal, what: `delivering to ${this.#where}` });
    // A refusal comes before the PONG, and is told by another road inside the client.
    await nextTurn();
    if (this.#refusal !== undefined) throw natsFailure(this.#where, this.#refusal);
  }

  /** One signal for all: thousands of listeners on it would cost more than the messages. */
  async #store(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    const lanes = byDevice(messages).values();
    let failed = false;
    const worker = async () => {
      for (const lane of lanes) {
        for (const message of lane) {
          if (failed || signal.aborted) return;
          await this.#storeOne(message).catch((error: unknown) => {
            failed = true;
            throw error;
          });
        }
      }
    };
    const storing = Promise.all(Array.from({ length: LIMITS.ENDPOINT_UNSETTLED_MAX }, worker));
    const what = `delivering to ${this.#where}`;
    await inTime(storing, { seconds: Number.POSITIVE_INFINITY, signal, what });
  }

  async #storeOne(message: RoutedMessage): Promise<void> {
    const timeout = LIMITS.ENDPOINT_STALLED_SECONDS_MAX * 1_000;
    const options = { headers: natsHeaders(message), msgID: natsMessageId(message), timeout };
    try {
      await (this.#stream as JetStreamClient).publish(this.#subject.fill(message), message.body, options);
    } catch (error) {
      throw natsMessageFailure(this.#where, message, error);
    }
  }

  /** What the server says between the lines. */
  async #watch(): Promise<void> {
    for await (const status of this.#client.status()) if (status.type === 'error') this.#refusal ??= status.error;
  }
}

export function natsAddress({ subject, servers }: NatsConfiguration): string {
  return `${subject} at ${servers[0]}${servers.length === 1 ? '' : ', …'}`;
}

/** In the order of each device. */
function byDevice(messages: readonly RoutedMessage[]): Map<string, RoutedMessage[]> {
  const lanes = new Map<string, RoutedMessage[]>();
  for (const message of messages) {
    const lane = lanes.get(message.deviceId);
    if (lane === undefined) lanes.set(message.deviceId, [message]);
    else lane.push(message);
  }
  return lanes;
}
