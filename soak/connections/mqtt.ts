import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { deviceToken } from '@viaduct/testkit';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { createWebSocketStream, WebSocket } from 'ws';
import {
  ACKNOWLEDGED_MS_MAX,
  CONNECTED_MS_MAX,
  type ConnectRequest,
  type SoakConnection,
  within,
} from './connection.ts';
import { Waiting } from './waiting.ts';

const KEEP_ALIVE_SECONDS = 120;
const PING_MS = 60_000;

/** MQTT over TLS, packet by packet: an SDK client takes too much memory for thousands in one process. */
export async function connectMqtt(request: ConnectRequest): Promise<SoakConnection> {
  const { ready, ca } = request;
  const socket = connectTls({ host: ready.hostName, port: ready.ports.mqtt, ca });
  return await begin(socket, once(socket, 'secureConnect'), () => socket.destroy(), request);
}

/** MQTT over a WebSocket. */
export async function connectMqttOverWebSocket(request: ConnectRequest): Promise<SoakConnection> {
  const { ready, ca } = request;
  const url = `wss://${ready.hostName}:${ready.ports.https}/$iothub/websocket`;
  const webSocket = new WebSocket(url, 'mqtt', { ca });
  const stream = createWebSocketStream(webSocket);
  return await begin(stream, once(webSocket, 'open'), () => webSocket.terminate(), request);
}

async function begin(
  stream: Duplex,
  opened: Promise<unknown>,
  cut: () => void,
  request: ConnectRequest,
): Promise<SoakConnection> {
  const connection = new MqttSoakConnection(stream, cut, request);
  try {
    await within(opened, CONNECTED_MS_MAX, 'TLS');
    await within(connection.open(), CONNECTED_MS_MAX, 'CONNACK');
  } catch (error) {
    connection.cut();
    throw error;
  }
  return connection;
}

class MqttSoakConnection implements SoakConnection {
  readonly #stream: Duplex;
  readonly #cut: () => void;
  readonly #request: ConnectRequest;
  readonly #waiting = new Waiting();
  #connacked: { resolve(): void; reject(error: Error): void } | undefined;
  #ping: NodeJS.Timeout | undefined;
  #lastId = 0;
  isOpen = true;

  constructor(stream: Duplex, cut: () => void, request: ConnectRequest) {
    this.#stream = stream;
    this.#cut = cut;
    this.#request = request;
    const packets = parser().on('packet', (packet) => this.#received(packet));
    stream.on('data', (chunk: Buffer) => packets.parse(chunk));
    // What broke does not matter: 'close' follows, and what is unacknowledged is sent again.
    stream.on('error', () => cut());
    stream.on('close', () => this.#ended());
  }

  async open(): Promise<void> {
    const { ready, device } = this.#request;
    const { deviceId } = device;
    const connacked = new Promise<void>((resolve, reject) => {
      this.#connacked = { resolve, reject };
    });
    this.#send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: deviceId,
      clean: false,
      keepalive: KEEP_ALIVE_SECONDS,
      username: `${ready.hostName}/${deviceId}/?api-version=2021-04-12`,
      password: Buffer.from(deviceToken(device, ready.hostName)),
    });
    await connacked;
    this.#send({
      cmd: 'subscribe',
      messageId: this.#nextId(),
      subscriptions: [
        { topic: `devices/${deviceId}/messages/devicebound/#`, qos: 1 },
        { topic: '$iothub/methods/POST/#', qos: 0 },
      ],
    });
    this.#ping = setInterval(() => this.#send({ cmd: 'pingreq' }), PING_MS);
  }

  async send(body: string): Promise<void> {
    const messageId = this.#nextId();
    const acknowledged = this.#waiting.add(messageId);
    const topic = `devices/${this.#request.device.deviceId}/messages/events/`;
    this.#send({ cmd: 'publish', topic, payload: body, qos: 1, messageId, dup: false, retain: false });
    await within(acknowledged, ACKNOWLEDGED_MS_MAX, 'PUBACK');
  }

  cut(): void {
    this.#cut();
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    const closed = once(this.#stream, 'close');
    this.#send({ cmd: 'disconnect' });
    this.#stream.end();
    await within(closed, CONNECTED_MS_MAX, 'close');
  }

  #received(packet: Packet): void {
    if (packet.cmd === 'puback') this.#waiting.acknowledged(packet.messageId ?? 0);
    else if (packet.cmd === 'publish') this.#arrived(packet);
    else if (packet.cmd === 'connack') {
      if (packet.returnCode === 0) this.#connacked?.resolve();
      else this.#connacked?.reject(new Error(`CONNACK ${packet.returnCode}`));
    }
  }

  #arrived({ topic, qos, messageId }: IPublishPacket): void {
    const [, methodRequest] = /^\$iothub\/methods\/POST\/[^/]+\/\?\$rid=(.+)$/.exec(topic) ?? [];
    if (methodRequest !== undefined) {
      this.#send({
        cmd: 'publish',
        topic: `$iothub/methods/res/200/?$rid=${methodRequest}`,
        payload: '{}',
        ...{ qos: 0, dup: false, retain: false },
      });
      return;
    }
    const [, id] = /%24\.mid=([^&]+)/.exec(topic) ?? [];
    if (id !== undefined) this.#request.onCommand(decodeURIComponent(id));
    if (qos === 1) this.#send({ cmd: 'puback', messageId: messageId ?? 0 });
  }

  #ended(): void {
    this.isOpen = false;
    clearInterval(this.#ping);
    this.#connacked?.reject(new Error('closed before CONNACK'));
    this.#waiting.abandon('the connection ended');
  }

  #send(packet: Packet): void {
    if (this.isOpen) this.#stream.write(generate(packet));
  }

  #nextId(): number {
    this.#lastId = (this.#lastId % 0xffff) + 1;
    return this.#lastId;
  }
}
