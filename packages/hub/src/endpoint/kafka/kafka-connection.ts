import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { MessageToProduce, Producer } from '@platformatic/kafka';
import { LIMITS } from '@viaduct/contracts';
import type { EndpointConnection, RoutedMessage } from '../../core/routing/endpoint.ts';
import { inTime, stopped } from '../in-time.ts';
import { messageHeaders } from '../message-headers.ts';
import { poison } from '../poison.ts';
import { tlsOptions } from '../trust-fields.ts';
import type { KafkaConfiguration } from './kafka-configuration.ts';
import { batchRefusal, kafkaFailure } from './kafka-failure.ts';

/**
 * A topic. The device's id is the key, so the cluster keeps a device in one partition and in order.
 *
 *     deliver ─► requests of bounded size, one at a time ─► stored by all in-sync replicas ─► resolves
 *                            └► refused for its size: its halves, until one message stands alone ─► poison
 *
 * One request at a time is what keeps order when one fails. Where the cluster numbers producers, a request that the client repeats is stored
 * once; what comes again after a failure is stored again, under the same `viaduct-partition` and `viaduct-offset`.
 */
export class KafkaConnection implements EndpointConnection {
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #where: string;
  #numbered = false;

  private constructor(producer: Producer, configuration: KafkaConfiguration) {
    this.#producer = producer;
    this.#topic = configuration.topic;
    this.#where = kafkaAddress(configuration);
  }

  /** Resolves when a broker let us in and knows the topic. @throws EndpointFailure */
  static async open(configuration: KafkaConfiguration, signal: AbortSignal): Promise<KafkaConnection> {
    const made = new KafkaConnection(await makeProducer(configuration), configuration);
    try {
      const seconds = LIMITS.ENDPOINT_CONNECT_SECONDS_MAX;
      await inTime(made.#look(), { seconds, signal, what: `connecting to ${made.#where}` });
    } catch (error) {
      await made.close();
      throw kafkaFailure(made.#where, error);
    }
    return made;
  }

  async deliver(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    for (const request of requestsOf(messages)) await this.#send(request, signal);
  }

  async close(): Promise<void> {
    // It waits for sockets to drain, and has nothing to say that matters to who lets go of it.
    this.#producer.close(true, () => {});
  }

  async #look(): Promise<void> {
    await this.#producer.metadata({ topics: [this.#topic] });
    const apis = await this.#producer.listApis();
    this.#numbered = apis.some(({ name }) => name === 'InitProducerId');
  }

  async #send(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    const what = `delivering to ${this.#where}`;
    if (signal.aborted) throw stopped(what);
    const sending = this.#producer.send({
      messages: messages.map((message) => kafkaMessage(this.#topic, message)),
      idempotent: this.#numbered,
      acks: ALL_IN_SYNC,
    });
    try {
      await inTime(sending, { seconds: LIMITS.ENDPOINT_STALLED_SECONDS_MAX, signal, what });
    } catch (error) {
      const refusal = batchRefusal(error);
      if (refusal === undefined) throw kafkaFailure(this.#where, error);
      await this.#sendHalves(messages, refusal, signal);
    }
  }

  /** Some partitions took their part of the batch: they get it twice, and lose nothing. */
  async #sendHalves(messages: readonly RoutedMessage[], refusal: string, signal: AbortSignal): Promise<void> {
    const [only] = messages;
    if (only !== undefined && messages.length === 1) throw poison(only, `${this.#where} refuses it (${refusal})`);
    const half = Math.ceil(messages.length / 2);
    await this.#send(messages.slice(0, half), signal);
    await this.#send(messages.slice(half), signal);
  }
}

export function kafkaAddress({ topic, brokers }: KafkaConfiguration): string {
  return `${topic} at ${brokers[0]}${brokers.length === 1 ? '' : ', …'}`;
}

const ALL_IN_SYNC = -1;
/** Of a request, inside the client, for what passes in a moment: a new leader. The long waits are the worker's. */
const REPEATS = 2;
const REPEAT_AFTER_MS = 250;

/** The library is loaded when the first endpoint of its kind is: most hubs have none. */
async function makeProducer(configuration: KafkaConfiguration): Promise<Producer> {
  const { Producer, compatibilityPartitioner } = await import('@platformatic/kafka');
  const { brokers, tls, sasl, compression } = configuration;
  return new Producer({
    clientId: `viaduct-${randomUUID()}`,
    bootstrapBrokers: brokers.map(brokerOf),
    connectTimeout: LIMITS.ENDPOINT_CONNECT_SECONDS_MAX * 1_000,
    timeout: LIMITS.ENDPOINT_STALLED_SECONDS_MAX * 1_000,
    retries: REPEATS,
    retryDelay: REPEAT_AFTER_MS,
    autocreateTopics: false,
    // We have no number yet. The client would say 0, which a cluster may look for and not find.
    producerId: -1n,
    producerEpoch: -1,
    compression,
    // As Java's and librdkafka's clients choose, so that who writes to the same topic finds the same partition.
    partitioner: compatibilityPartitioner as () => number,
    ...(tls
      ? { tls: tlsOptions(configuration), tlsServerName: brokers.every((broker) => isIP(brokerOf(broker).host) === 0) }
      : {}),
    ...(sasl === undefined
      ? {}
      : { sasl: { mechanism: sasl.mechanism, username: sasl.userName, password: sasl.password } }),
  });
}

function brokerOf(broker: string): { host: string; port: number } {
  const colon = broker.lastIndexOf(':');
  return { host: broker.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(broker.slice(colon + 1)) };
}

function kafkaMessage(topic: string, message: RoutedMessage): MessageToProduce {
  return {
    topic,
    key: Buffer.from(message.deviceId, 'utf8'),
    value: message.body,
    headers: new Map(
      messageHeaders(message).map(([name, value]) => [Buffer.from(name, 'utf8'), Buffer.from(value, 'utf8')]),
    ),
    timestamp: BigInt(message.enqueuedTime),
  };
}

/** In order, each of a size that brokers take; a message larger than that stands alone, and the broker decides. */
function requestsOf(messages: readonly RoutedMessage[]): RoutedMessage[][] {
  const requests: RoutedMessage[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const size = sizeOf(message);
    bytes += size;
    if (bytes > LIMITS.ENDPOINT_KAFKA_REQUEST_BYTES_MAX) {
      requests.push([]);
      bytes = size;
    }
    requests.at(-1)?.push(message);
  }
  return requests;
}

function sizeOf(message: RoutedMessage): number {
  const headers = messageHeaders(message).reduce((sum, header) => sum + header.join().length * UTF8_BYTES_MAX, 0);
  return message.body.length + headers + RECORD_HEAD_BYTES;
}

/** Of a character in UTF-16; what is written is at most this much larger. */
const UTF8_BYTES_MAX = 3;
const RECORD_HEAD_BYTES = 256;
