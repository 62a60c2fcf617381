import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { ERRORS, type ErrorCode, HubError } from '@viaduct/contracts';
import { generate, type Packet, parser } from 'mqtt-packet';
import { Deferred } from '../deferred.ts';
import { signToken } from '../sign-token.ts';
import type { ConnectDevice, DeviceConnection } from './device-connection.ts';

const TOKEN_SECONDS = 86_400;
const KEEP_ALIVE_SECONDS = 1_200;
const PACKET_IDS = 65_535;

/**
 * MQTT 3.1.1 with the least that telemetry needs: one socket, one parser, a map of what waits for its PUBACK. For
 * thousands of devices in one process, where the SDK's state machines and timers would be the bottleneck.
 * It sends often enough to need no PINGREQ below one message in twenty minutes, and it does not reconnect.
 */
export async function connectLightly(options: ConnectDevice): Promise<DeviceConnection> {
  const { address, credential, ca, onLost } = options;
  const { hostName: host, mqttPort: port } = address;
  const socket = connect({
    host,
    port,
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca }),
  });
  await once(socket, 'secureConnect');
  const session = new LightSession(socket, credential.deviceId, onLost);
  await session.open(address.hostName, credential.key);
  return session;
}

class LightSession implements DeviceConnection {
  readonly #socket: TLSSocket;
  readonly #deviceId: string;
  readonly #onLost: (error: Error) => void;
  readonly #waiting = new Map<number, Deferred<void>>();
  readonly #connected = new Deferred<void>();
  #packetId = 0;
  #closing = false;

  constructor(socket: TLSSocket, deviceId: string, onLost: (error: Error) => void) {
    this.#socket = socket;
    this.#deviceId = deviceId;
    this.#onLost = onLost;
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet) => this.#receive(packet));
    packets.on('error', (error) => socket.destroy(error));
    socket.setNoDelay(true);
    socket.on('data', (chunk) => packets.parse(chunk));
    socket.on('error', (error) => this.#lose(error));
    socket.on('close', () => this.#lose(new TypeError(`${deviceId} was disconnected`)));
  }

  async open(hostName: string, key: string): Promise<void> {
    const resource = `${hostName}/devices/${this.#deviceId}`;
    const password = signToken({ resource, key, expiresAtSeconds: Math.floor(Date.now() / 1000) + TOKEN_SECONDS });
    this.#write({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: KEEP_ALIVE_SECONDS,
      clientId: this.#deviceId,
      username: `${hostName}/${this.#deviceId}/?api-version=2021-04-12&DeviceClientType=viaduct-simulate`,
      password: Buffer.from(password),
    } as Packet);
    await this.#connected.promise;
  }

  send(body: string): Promise<void> {
    this.#packetId = (this.#packetId % PACKET_IDS) + 1;
    const acknowledged = new Deferred<void>();
    this.#waiting.set(this.#packetId, acknowledged);
    const topic = `devices/${this.#deviceId}/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8`;
    this.#write({ cmd: 'publish', topic, payload: body, qos: 1, messageId: this.#packetId, dup: false, retain: false });
    return acknowledged.promise;
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#socket.destroyed) return;
    const closed = once(this.#socket, 'close');
    this.#socket.end(generate({ cmd: 'disconnect' } as Packet));
    await closed;
  }

  #write(packet: Packet): void {
    this.#socket.write(generate(packet));
  }

  #receive(packet: Packet): void {
    if (packet.cmd === 'connack') {
      if (packet.returnCode === 0) this.#connected.resolve();
      else this.#connected.reject(new HubError(refusalCode(packet.returnCode ?? 5), `${this.#deviceId} was refused`));
      return;
    }
    if (packet.cmd !== 'puback' || packet.messageId === undefined) return;
    this.#waiting.get(packet.messageId)?.resolve();
    this.#waiting.delete(packet.messageId);
  }

  #lose(error: Error): void {
    this.#connected.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    if (this.#closing) return;
    this.#closing = true;
    this.#onLost(error);
  }
}

/** MQTT 3.1.1 has five words for no; each row of ours with that word is as likely, so the most general one is told. */
function refusalCode(returnCode: number): ErrorCode {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  return codes.find((code) => ERRORS[code].mqtt === returnCode) ?? 'credential.missing';
}
