import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { CliFailure } from '../cli-failure.ts';
import { Deferred } from '../deferred.ts';
import { ExitCode } from '../exit-code.ts';
import { parse } from '../rest-client.ts';
import {
  ANSWER_MS_MAX,
  type AsksAsDevice,
  type DeviceAnswer,
  type DeviceEndpoint,
  type DeviceProof,
  type DeviceQuestion,
  registrationToken,
} from './device-endpoint.ts';

const KEEP_ALIVE_SECONDS = 1_200;
const RESPONSES = '$dps/registrations/res/';

/** One connection for all questions. Source: docs/protocol/provisioning.md, MQTT. */
export async function askOverMqtt(
  endpoint: DeviceEndpoint,
  registrationId: string,
  proof: DeviceProof,
  version: string,
): Promise<AsksAsDevice> {
  const { hostName: host, mqttPort: port, idScope, ca } = endpoint;
  const socket = connect({
    ...{ host, port },
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca }),
    ...(proof.kind === 'certificate' ? { cert: proof.certificate, key: proof.privateKey } : {}),
  });
  await once(socket, 'secureConnect');
  const session = new RegistrationSession(socket);
  try {
    const username = `${idScope}/registrations/${registrationId}/api-version=${version}`;
    const token = proof.kind === 'key' ? registrationToken(idScope, registrationId, proof.key) : undefined;
    await session.open(registrationId, username, token);
  } catch (thrown) {
    session.close();
    throw thrown;
  }
  return session;
}

/** CONNECT, SUBSCRIBE, then a PUBLISH for each question and one back for each answer, told apart by `$rid`. */
class RegistrationSession implements AsksAsDevice {
  readonly #socket: TLSSocket;
  readonly #connected = new Deferred<number>();
  readonly #subscribed = new Deferred<void>();
  readonly #waiting = new Map<string, Deferred<DeviceAnswer>>();
  #count = 1;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet) => this.#receive(packet));
    packets.on('error', (error) => socket.destroy(error));
    socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy(timedOut()));
    socket.on('data', (chunk) => packets.parse(chunk));
    socket.on('error', (error) => this.#lose(error));
    socket.on('close', () => this.#lose(Object.assign(new TypeError('the server hung up'), { code: 'ECONNRESET' })));
  }

  /** @throws CliFailure refused */
  async open(clientId: string, username: string, token: string | undefined): Promise<void> {
    this.#write({
      ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: KEEP_ALIVE_SECONDS },
      ...{ clientId, username, ...(token === undefined ? {} : { password: Buffer.from(token) }) },
    } as Packet);
    const returnCode = await this.#connected.promise;
    if (returnCode !== 0) {
      const advice = '`viaduct provision attempts` on the server tells why; over HTTPS a device hears more.';
      throw new CliFailure(ExitCode.refused, `the connection was refused with return code ${returnCode}`, advice);
    }
    this.#write({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `${RESPONSES}#`, qos: 1 }] } as Packet);
    await this.#subscribed.promise;
  }

  ask(question: DeviceQuestion): Promise<DeviceAnswer> {
    this.#count += 1;
    const rid = String(this.#count);
    const answer = new Deferred<DeviceAnswer>();
    this.#waiting.set(rid, answer);
    const { topic, payload } = messageOf(question, rid);
    const id = { messageId: this.#count, qos: 1, dup: false, retain: false } as const;
    this.#write({ cmd: 'publish', topic: `$dps/registrations/${topic}`, payload, ...id });
    return answer.promise;
  }

  close(): void {
    this.#socket.end(generate({ cmd: 'disconnect' } as Packet));
  }

  #write(packet: Packet): void {
    this.#socket.write(generate(packet));
  }

  #receive(packet: Packet): void {
    if (packet.cmd === 'connack') this.#connected.resolve(packet.returnCode ?? 0);
    else if (packet.cmd === 'suback') this.#subscribed.resolve();
    else if (packet.cmd === 'publish') this.#answer(packet);
  }

  #answer({ topic, payload, qos, messageId }: IPublishPacket): void {
    if (qos === 1) this.#write({ cmd: 'puback', messageId: messageId ?? 0 } as Packet);
    const [, status, search = ''] = /^\$dps\/registrations\/res\/(\d+)\/\?(.*)$/.exec(topic) ?? [];
    const fields = new URLSearchParams(search);
    const retryAfter = fields.get('retry-after');
    const retryAfterSeconds = retryAfter === null ? undefined : Number(retryAfter);
    const rid = fields.get('$rid') ?? '';
    this.#waiting.get(rid)?.resolve({ status: Number(status), retryAfterSeconds, value: parse(payload.toString()) });
    this.#waiting.delete(rid);
  }

  #lose(error: Error): void {
    for (const { reject } of [this.#connected, this.#subscribed, ...this.#waiting.values()]) reject(error);
    this.#waiting.clear();
  }
}

function messageOf(question: DeviceQuestion, rid: string): { readonly topic: string; readonly payload: string } {
  if (question.kind === 'register') {
    return { topic: `PUT/iotdps-register/?$rid=${rid}`, payload: JSON.stringify(question.body) };
  }
  return { topic: `GET/iotdps-get-operationstatus/?$rid=${rid}&operationId=${question.operationId}`, payload: '' };
}

function timedOut(): Error {
  return Object.assign(new TypeError('no answer in a minute'), { code: 'ETIMEDOUT' });
}
