import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, createSecureContext, type SecureContext } from 'node:tls';
import type { ReadyFile } from '@viaduct/contracts';
import { type RegisteringDevice, registrationToken } from '@viaduct/testkit';
import { generate, type Packet, parser } from 'mqtt-packet';
import rhea, { type EventContext, type Message } from 'rhea';

/** When a device was first heard, and when it knew its hub; ms of the process. */
export interface Provisioned {
  readonly startedMs: number;
  /** Connected and let in, about to register. */
  readonly askedMs: number;
  readonly assignedMs: number;
}

/** Registers one device on a connection of its own, polls as it is told, and goes. Rejects when it is not assigned. */
export type Provision = (ready: ReadyFile, device: RegisteringDevice) => Promise<Provisioned>;

interface Answer {
  readonly operationId?: string;
  readonly status?: string;
  readonly registrationState?: { readonly assignedHub?: string };
}

const API_VERSION = '2021-10-01';
const RETRY_SECONDS = 3;

/** The least that each protocol needs: no SDK's timers and state machines between the figure and the server. */
export const LIGHT_CLIENTS: Readonly<Record<string, Provision>> = {
  HTTPS: overHttps,
  MQTT: overMqtt,
  AMQP: overAmqp,
};

const contexts = new Map<string, SecureContext>();

/** One context for all: a device reads its root once, and a thousand of them here would read it a thousand times. */
function tlsOf({ hostName, caFile }: ReadyFile) {
  const secureContext = contexts.get(caFile) ?? createSecureContext({ ca: readFileSync(caFile, 'utf8') });
  contexts.set(caFile, secureContext);
  return { host: hostName, secureContext, ...(isIP(hostName) ? {} : { servername: hostName }) };
}

function requireAssigned({ status, registrationState }: Answer): void {
  if (status !== 'assigned' || !registrationState?.assignedHub) throw new Error(`not assigned: ${status}`);
}

/** A new connection for each request, as SDKs make them. */
async function overHttps(ready: ReadyFile, device: RegisteringDevice): Promise<Provisioned> {
  const startedMs = performance.now();
  let { answer, retryAfter } = await ask('PUT', 'register', JSON.stringify({ registrationId: device.registrationId }));
  while (answer.status === 'assigning') {
    await pause(retryAfter * 1_000);
    ({ answer, retryAfter } = await ask('GET', `operations/${answer.operationId}`, ''));
  }
  requireAssigned(answer);
  return { startedMs, askedMs: startedMs, assignedMs: performance.now() };

  async function ask(method: string, path: string, body: string) {
    const { idScope } = ready.provisioning;
    const options = {
      ...tlsOf(ready),
      ...{ port: ready.ports.https, method, agent: false as const },
      path: `/${idScope}/registrations/${device.registrationId}/${path}?api-version=${API_VERSION}`,
      headers: {
        authorization: registrationToken(idScope, device),
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    };
    return new Promise<{ answer: Answer; retryAfter: number }>((resolve, reject) => {
      const call = request(options, async (response) => {
        const text = Buffer.concat(await response.toArray()).toString();
        if ((response.statusCode ?? 500) >= 400) reject(new Error(`${response.statusCode} ${text}`));
        else
          resolve({ answer: JSON.parse(text), retryAfter: Number(response.headers['retry-after'] ?? RETRY_SECONDS) });
      });
      call.on('error', reject).end(body);
    });
  }
}

async function overMqtt(ready: ReadyFile, device: RegisteringDevice): Promise<Provisioned> {
  const startedMs = performance.now();
  const { registrationId } = device;
  const { idScope } = ready.provisioning;
  const socket = connect({ ...tlsOf(ready), port: ready.ports.mqtt });
  await once(socket, 'secureConnect');
  const packets = parser({ protocolVersion: 4 });
  socket.on('data', (chunk) => packets.parse(chunk));
  const send = (packet: Packet) => socket.write(generate(packet));
  let askedMs = 0;
  let rid = 0;
  const publish = (topic: string, payload: string) => {
    rid += 1;
    const full = `$dps/registrations/${topic.replace('{rid}', String(rid))}`;
    send({ cmd: 'publish', topic: full, payload, qos: 1, messageId: rid + 1, dup: false, retain: false });
  };
  try {
    const assigned = new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('closed')));
      packets.on('packet', (packet: Packet) => {
        if (packet.cmd === 'connack') {
          if (packet.returnCode !== 0) return reject(new Error(`CONNACK ${packet.returnCode}`));
          send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '$dps/registrations/res/#', qos: 1 }] });
        } else if (packet.cmd === 'suback') {
          askedMs = performance.now();
          publish('PUT/iotdps-register/?$rid={rid}', JSON.stringify({ registrationId }));
        } else if (packet.cmd === 'publish') {
          if (packet.qos === 1) send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
          const answer = JSON.parse(packet.payload.toString()) as Answer;
          if (answer.status !== 'assigning') return resolve(Promise.resolve().then(() => requireAssigned(answer)));
          const seconds = Number(/retry-after=(\d+)/.exec(packet.topic)?.[1] ?? RETRY_SECONDS);
          const topic = `GET/iotdps-get-operationstatus/?$rid={rid}&operationId=${answer.operationId}`;
          setTimeout(() => publish(topic, ''), seconds * 1_000);
        }
      });
    });
    send({
      ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60 },
      clientId: registrationId,
      username: `${idScope}/registrations/${registrationId}/api-version=${API_VERSION}`,
      password: Buffer.from(registrationToken(idScope, device)),
    } as Packet);
    await assigned;
    return { startedMs, askedMs, assignedMs: performance.now() };
  } finally {
    socket.destroy();
  }
}

async function overAmqp(ready: ReadyFile, device: RegisteringDevice): Promise<Provisioned> {
  const startedMs = performance.now();
  const { registrationId } = device;
  const { idScope } = ready.provisioning;
  const address = `${idScope}/registrations/${registrationId}`;
  const connection = rhea.create_container().connect({
    ...{ transport: 'tls', reconnect: false, port: ready.ports.amqp, hostname: ready.hostName },
    ...tlsOf(ready),
    ...{ username: address, password: registrationToken(idScope, device) },
  } as Parameters<typeof rhea.connect>[0]);
  let askedMs = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const sender = connection.open_sender({
        target: { address },
        properties: { 'com.microsoft:api-version': API_VERSION },
      });
      connection.open_receiver({
        source: { address },
        properties: { 'com.microsoft:api-version': API_VERSION },
      });
      const ask = (body: object, application_properties: Record<string, string>) =>
        sender.send({
          ...{ correlation_id: registrationId, application_properties },
          body: rhea.message.data_section(Buffer.from(JSON.stringify(body))),
        });
      sender.once('sendable', () => {
        askedMs = performance.now();
        ask({ registrationId }, { 'iotdps-operation-type': 'iotdps-register' });
      });
      connection.on('message', ({ message }: EventContext) => {
        const answer = JSON.parse(((message as Message).body as { content: Buffer }).content.toString()) as Answer;
        if (answer.status !== 'assigning') return resolve(Promise.resolve().then(() => requireAssigned(answer)));
        const properties = {
          'iotdps-operation-type': 'iotdps-get-operationstatus',
          'iotdps-operation-id': answer.operationId ?? '',
        };
        const seconds = Number(message?.application_properties?.['retry-after'] ?? RETRY_SECONDS);
        setTimeout(() => ask({}, properties), seconds * 1_000);
      });
      connection.on('rejected', ({ delivery }: EventContext) => reject(new Error(String(delivery?.state?.error))));
      connection.on('connection_error', ({ error }: EventContext) => reject(error));
      connection.on('disconnected', ({ error }: EventContext) => reject(error ?? new Error('disconnected')));
    });
    return { startedMs, askedMs, assignedMs: performance.now() };
  } finally {
    connection.removeAllListeners('disconnected');
    connection.on('disconnected', () => undefined);
    connection.close();
  }
}
