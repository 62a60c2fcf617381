import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';
import { formatSas, type ReadyFile, sasSignedText } from '@viaduct/contracts';
import { generate, type Packet, parser } from 'mqtt-packet';
import type { TestDevice } from './test-devices.ts';
import { until } from './until.ts';

const TOKEN_SECONDS = 3_600;
const API_VERSION = '2021-04-12';

/** What a device says first; any field may be overridden to say something wrong. */
export interface RawConnect {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  readonly clean: boolean;
  readonly keepalive: number;
  readonly will: { topic: string; payload: Buffer; qos: 0 | 1; retain: boolean };
}

/**
 * A TLS connection that speaks MQTT packet by packet, so that a test can say what no SDK would and see every answer.
 */
export class RawMqtt {
  readonly socket: Duplex & { readonly authorized?: boolean };
  /** Every packet received, oldest first. */
  readonly received: Packet[] = [];
  #closed = false;

  /** Over a stream that is connected; `open` makes the usual one. */
  constructor(socket: Duplex) {
    this.socket = socket;
    const packets = parser().on('packet', (packet) => this.received.push(packet));
    socket.on('data', (chunk) => packets.parse(chunk));
    socket.on('error', () => socket.destroy());
    // The stream of a WebSocket ends and does not close.
    for (const end of ['end', 'close']) {
      socket.on(end, () => {
        this.#closed = true;
      });
    }
  }

  /** TLS only; nothing is said yet. */
  static async open(ready: ReadyFile, options: ConnectionOptions = {}): Promise<RawMqtt> {
    const ca = await readFile(ready.caFile, 'utf8');
    const socket = connect({ host: ready.hostName, port: ready.ports.mqtt, ca, ...options });
    await once(socket, 'secureConnect');
    return new RawMqtt(socket);
  }

  get closed(): boolean {
    return this.#closed;
  }

  send(packet: Packet): void {
    this.socket.write(generate(packet));
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Sends CONNECT as the device and resolves with the return code of CONNACK. */
  async connectAs(device: TestDevice, hostName: string, overrides: Partial<RawConnect> = {}): Promise<number> {
    this.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: device.deviceId,
      clean: true,
      keepalive: 60,
      username: `${hostName}/${device.deviceId}/?api-version=${API_VERSION}`,
      ...overrides,
      password: Buffer.from(overrides.password ?? deviceToken(device, hostName)),
    });
    const answer = await this.next('connack');
    return answer.returnCode ?? -1;
  }

  /** QoS 1 with a packet id, else QoS 0. */
  publish(
    topic: string,
    payload: string | Buffer,
    messageId?: number,
    flags: { readonly dup?: boolean; readonly retain?: boolean } = {},
  ): void {
    const common = { cmd: 'publish', topic, payload, dup: false, retain: false, ...flags } as const;
    this.send(messageId === undefined ? { ...common, qos: 0 } : { ...common, qos: 1, messageId });
  }

  async subscribe(topic: string, qos: 0 | 1 = 0, messageId = 1): Promise<void> {
    this.send({ cmd: 'subscribe', messageId, subscriptions: [{ topic, qos }] });
    await this.next('suback');
  }

  /** Takes the oldest received packet of a kind; waits for one when there is none. */
  async next<Command extends Packet['cmd']>(command: Command): Promise<Extract<Packet, { cmd: Command }>> {
    return await until(() => this.#take(command), { what: `${command} packet (received: ${this.#summary()})` });
  }

  async untilClosed(): Promise<void> {
    await until(() => this.#closed, { what: 'the server closes the connection' });
  }

  close(): void {
    this.socket.destroy();
  }

  #take<Command extends Packet['cmd']>(command: Command): Extract<Packet, { cmd: Command }> | undefined {
    assert(!this.#closed || this.received.some(({ cmd }) => cmd === command), `closed while waiting for ${command}`);
    const index = this.received.findIndex(({ cmd }) => cmd === command);
    if (index < 0) return undefined;
    return this.received.splice(index, 1)[0] as Extract<Packet, { cmd: Command }>;
  }

  #summary(): string {
    return this.received.map(({ cmd }) => cmd).join(', ') || 'nothing';
  }
}

/** A token as a device makes it with its own key. */
export function deviceToken(device: TestDevice, hostName: string, lifeSeconds = TOKEN_SECONDS): string {
  const resource = `${hostName}/devices/${device.deviceId}`;
  const expiresAt = Math.floor(Date.now() / 1_000) + lifeSeconds;
  const key = Buffer.from(device.primaryKey, 'base64');
  const signature = createHmac('sha256', key).update(sasSignedText(resource, expiresAt)).digest('base64');
  return formatSas(resource, signature, expiresAt);
}
