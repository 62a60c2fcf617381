import { randomUUID } from 'node:crypto';
import { LIMITS } from '@viaduct/contracts';
import type { IConnackPacket, MqttClient } from 'mqtt';
import { type EndpointConnection, EndpointFailure, type RoutedMessage } from '../../core/routing/endpoint.ts';
import type { AddressTemplate } from '../address-template.ts';
import { inTime } from '../in-time.ts';
import { inWindow, type Window } from '../in-window.ts';
import { poison } from '../poison.ts';
import { tlsOptions } from '../trust-fields.ts';
import { type MqttConfiguration, mqttTopic } from './mqtt-configuration.ts';
import { mqttFailure } from './mqtt-failure.ts';
import { mqttPublish, whyUnsendable } from './mqtt-message.ts';

/**
 * A topic of a broker that speaks MQTT 5.
 *
 *     QoS 1   PUBLISH, as many unacknowledged as the broker's Receive Maximum ─► PUBACK ─► resolves
 *     QoS 0   PUBLISH, all of them ─► PINGREQ ─► PINGRESP ─► resolves
 *
 * A session lasts as long as its connection: what was not acknowledged comes again from the log, not from a session.
 */
export class MqttConnection implements EndpointConnection {
  readonly #client: MqttClient;
  readonly #configuration: MqttConfiguration;
  readonly #topic: AddressTemplate;
  readonly #where: string;
  readonly #ended: Promise<never>;
  readonly #end: (failure: EndpointFailure) => void;
  #packetBytesMax = Number.POSITIVE_INFINITY;
  #unsettledMax: number = LIMITS.ENDPOINT_UNSETTLED_MAX;

  private constructor(client: MqttClient, configuration: MqttConfiguration) {
    this.#client = client;
    this.#configuration = configuration;
    this.#topic = mqttTopic(configuration);
    this.#where = mqttAddress(configuration);
    let end: (failure: EndpointFailure) => void = () => {};
    this.#ended = new Promise<never>((_resolve, reject) => {
      end = reject;
    });
    this.#end = end;
    // Heard by whoever delivers; an idle connection that ends is found out by the next delivery.
    this.#ended.catch(() => {});
    client.on('error', (error) => this.#end(mqttFailure(this.#where, error)));
    client.on('disconnect', ({ reasonCode }) => this.#end(mqttFailure(this.#where, withCode(reasonCode))));
    client.on('close', () => this.#end(mqttFailure(this.#where, undefined)));
  }

  /** Resolves when the broker let us in. @throws EndpointFailure */
  static async open(configuration: MqttConfiguration, signal: AbortSignal): Promise<MqttConnection> {
    const made = new MqttConnection(await makeClient(configuration), configuration);
    try {
      const seconds = LIMITS.ENDPOINT_CONNECT_SECONDS_MAX;
      await inTime(made.#connected(), { seconds, signal, what: `connecting to ${made.#where}` });
      return made;
    } catch (error) {
      await made.close();
      throw error;
    }
  }

  async deliver(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    const window = {
      most: this.#unsettledMax,
      stalledSeconds: LIMITS.ENDPOINT_STALLED_SECONDS_MAX,
      signal,
      what: `delivering to ${this.#where}`,
    };
    await Promise.race([inWindow(messages, window, (message) => this.#send(message)), this.#ended]);
    if (this.#configuration.qos === 0) await Promise.race([this.#ping(window), this.#ended]);
  }

  async close(): Promise<void> {
    this.#end(new EndpointFailure('transient', `${this.#where}: the connection was closed`));
    this.#client.end(true);
  }

  async #connected(): Promise<void> {
    const connack = new Promise<IConnackPacket>((resolve) => this.#client.once('connect', resolve));
    const { properties } = await Promise.race([connack, this.#ended]);
    this.#packetBytesMax = properties?.maximumPacketSize ?? this.#packetBytesMax;
    this.#unsettledMax = Math.min(this.#unsettledMax, properties?.receiveMaximum ?? this.#unsettledMax);
    const { qos, retain } = this.#configuration;
    if (qos > (properties?.maximumQoS ?? 1)) throw mqttFailure(this.#where, withCode(QOS_NOT_SUPPORTED));
    if (retain && properties?.retainAvailable === false) throw mqttFailure(this.#where, withCode(NO_RETAIN));
  }

  /** Nobody acknowledges QoS 0. A broker that answers a ping has read what came before it, which is more than that it was written. */
  async #ping({ stalledSeconds, signal, what }: Window): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      const look = ({ cmd }: { cmd?: string }) => {
        if (cmd !== 'pingresp') return;
        this.#client.off('packetreceive', look);
        resolve();
      };
      this.#client.on('packetreceive', look);
    });
    this.#client.sendPing();
    await inTime(answered, { seconds: stalledSeconds, signal, what });
  }

  async #send(message: RoutedMessage): Promise<void> {
    const { qos, retain } = this.#configuration;
    const publish = mqttPublish(message, { topic: this.#topic.fill(message), qos, retain });
    const why = whyUnsendable(publish, this.#packetBytesMax);
    if (why !== undefined) throw poison(message, `${this.#where}: ${why}`);
    try {
      await this.#client.publishAsync(publish.topic, publish.payload, publish.options);
    } catch (error) {
      throw mqttFailure(this.#where, error, message);
    }
  }
}

export function mqttAddress({ topic, url }: MqttConfiguration): string {
  return `${topic} at ${url}`;
}

const QOS_NOT_SUPPORTED = 0x9b;
const NO_RETAIN = 0x9a;

/** A reason that came otherwise than as an error of the client. */
function withCode(code: number | undefined): Error {
  return Object.assign(new Error('the broker ended the connection'), { code });
}

/** The library is loaded when the first endpoint of its kind is: most hubs have none. */
async function makeClient(configuration: MqttConfiguration): Promise<MqttClient> {
  const { connect } = await import('mqtt');
  const { url, userName, password, clientId = `viaduct-${randomUUID()}` } = configuration;
  const { protocol, hostname, port } = new URL(url);
  const tls = protocol === 'mqtts:';
  return connect({
    protocol: tls ? 'mqtts' : 'mqtt',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (tls ? MQTTS_PORT : MQTT_PORT) : Number(port),
    protocolVersion: 5,
    clientId,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: LIMITS.ENDPOINT_CONNECT_SECONDS_MAX * 1_000,
    ...(userName === undefined ? {} : { username: userName }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? tlsOptions(configuration) : {}),
  });
}

const MQTT_PORT = 1883;
const MQTTS_PORT = 8883;
