import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDevice, sendCommand } from '@viaduct/hub';
import { deviceToken, type TestDevice, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from './sdk/certificates.ts';
import { type Conformance, startConformance } from './sdk/conformance.ts';
import { asReaderSees } from './sdk/event-tap.ts';
import { MosquittoRun, mosquittoVersion } from './sdk/mosquitto.ts';

/** Mosquitto's command line tools as devices: what people try first, and the library under many devices in C and C++. */
const version = mosquittoVersion();

let hub: Conformance;
beforeAll(async () => {
  hub = await startConformance();
});
afterAll(() => hub.close());

/** A device and the arguments with which the tools are it. */
interface Driven {
  readonly device: TestDevice;
  readonly args: readonly string[];
}

/** What everybody must say: the server, whom to trust, who one is. The tools speak MQTT 3.1.1 unless told otherwise. */
function argsOf(deviceId: string): string[] {
  const { hostName, ports, caFile } = hub.server.ready;
  const user = `${hostName}/${deviceId}/?api-version=2021-04-12`;
  return ['-h', hostName, '-p', String(ports.mqtt), '--cafile', caFile, '-i', deviceId, '-u', user];
}

async function withKey(): Promise<Driven> {
  const device = await hub.server.createDevice();
  return { device, args: [...argsOf(device.deviceId), '-P', deviceToken(device, hub.server.ready.hostName)] };
}

async function withCertificate(): Promise<Driven> {
  const deviceId = `x-${randomUUID()}`;
  const { certificate, key, sha256 } = await selfSignedCertificate(deviceId);
  const x509Thumbprint = { primaryThumbprint: sha256, secondaryThumbprint: null };
  await createDevice(hub.server.hub, { deviceId }, { authentication: { type: 'selfSigned', x509Thumbprint } });
  const [cert, keyFile] = ['pem', 'key'].map((end) => join(hub.server.dataDirectory, `${deviceId}.${end}`));
  await writeFile(cert as string, certificate);
  await writeFile(keyFile as string, key);
  const device = { deviceId, connectionString: '', primaryKey: '' };
  return { device, args: [...argsOf(deviceId), '--cert', cert as string, '--key', keyFile as string] };
}

const publish = (args: readonly string[]) => new MosquittoRun('publish', args).result();
const done = { code: 0, text: '' };
const eventsOf = ({ deviceId }: TestDevice, bag = '') => `devices/${deviceId}/messages/events/${bag}`;
const commandsOf = ({ deviceId }: TestDevice) => `devices/${deviceId}/messages/devicebound/#`;

async function send({ deviceId }: TestDevice, messageId: string): Promise<void> {
  const command = { body: Buffer.from(`do ${messageId}`), system: { messageId }, application: { k: 'v' } };
  await sendCommand(hub.server.hub, { deviceId }, { ...command, ack: 'none' });
}

describe.skipIf(version === undefined).each([
  ['symmetric key', withKey],
  ['certificate by SHA-256', withCertificate],
])(`mosquitto clients ${version ?? '(not installed)'} · MQTT · %s`, (_credential, make) => {
  it('telemetry: QoS 0 and 1, with system and application properties', async () => {
    const { device, args } = await make();
    const topic = eventsOf(device, '%24.mid=m1&%24.ct=application%2Fjson&%24.ce=utf-8&level=h%C3%B6ch');
    for (const qos of ['0', '1'])
      expect(await publish([...args, '-q', qos, '-t', topic, '-m', '{"t":21}'])).toEqual(done);
    const events = await hub.tap.telemetryOf(device, 2);
    for (const event of events.map(asReaderSees)) {
      expect(event).toMatchObject({ body: { t: 21 }, properties: { level: 'höch' }, messageId: 'm1' });
      expect(event.contentType).toBe('application/json');
    }
  });

  it('telemetry: a hundred messages in order, and a file', async () => {
    const { device, args } = await make();
    const file = join(hub.server.dataDirectory, `${device.deviceId}.txt`);
    const lines = ['-q', '1', '-t', eventsOf(device), '--repeat', '100', '-m', 'line'];
    await writeFile(file, 'whole file\n');
    expect(await publish([...args, ...lines])).toEqual(done);
    expect(await publish([...args, '-q', '1', '-t', eventsOf(device), '-f', file])).toEqual(done);
    const bodies = (await hub.tap.telemetryOf(device, 101)).map(({ body }) => String(body));
    expect(bodies).toEqual([...Array.from({ length: 100 }, () => 'line'), 'whole file\n']);
  });

  it('retain: kept as a property of the message', async () => {
    const { device, args } = await make();
    expect(await publish([...args, '-q', '1', '-r', '-t', eventsOf(device, 'k=v'), '-m', 'kept'])).toEqual(done);
    expect(asReaderSees(await hub.tap.firstOf(device)).properties).toEqual({ k: 'v', 'mqtt-retain': 'true' });
  });

  it('command: received with its properties and completed', async () => {
    const { device, args } = await make();
    await send(device, 'c-1');
    const run = new MosquittoRun('subscribe', [...args, '-q', '1', '-t', commandsOf(device), '-C', '1', '-v']);
    const { code, text } = await run.result();
    expect([code, text]).toEqual([0, expect.stringMatching(/\/devicebound\/%24\.mid=c-1&.*&k=v do c-1\n$/)]);
    await until(async () => (await hub.server.hub.commands.depth(device)) === 0, { what: 'it is completed' });
  });

  it('command: what waited for a kept session comes in order', async () => {
    const { device, args } = await make();
    const kept = [...args, '-c', '-q', '1', '-t', commandsOf(device)];
    expect((await new MosquittoRun('subscribe', [...kept, '-E']).result()).code).toBe(0);
    for (const id of ['1', '2', '3']) await send(device, id);
    const { code, text } = await new MosquittoRun('subscribe', [...kept, '-C', '3']).result();
    expect([code, text]).toEqual([0, 'do 1\ndo 2\ndo 3\n']);
  });

  it('last will: told when the process dies, not when it says goodbye', async () => {
    const { device, args } = await make();
    const will = ['--will-topic', eventsOf(device, 'why=died'), '--will-payload', 'gone', '--will-qos', '1'];
    const listen = [...args, ...will, '-q', '1', '-t', commandsOf(device)];
    expect((await new MosquittoRun('subscribe', [...listen, '-E']).result()).code).toBe(0);
    const run = new MosquittoRun('subscribe', listen);
    await send(device, 'are you there?');
    await until(async () => (await hub.server.hub.commands.depth(device)) === 0, { what: 'it listens' });
    run.kill();
    await run.result();
    const events = await hub.tap.telemetryOf(device);
    expect(events.map(({ body, properties }) => [String(body), properties])).toEqual([
      ['gone', { why: 'died', 'iothub-MessageType': 'Will' }],
    ]);
  });

  it('connection: refused to who is somebody else, and the operator is told why', async () => {
    const { args } = await make();
    const other = await hub.server.createDevice();
    const asOther = args.map((arg, i) => (args[i - 1] === '-i' ? other.deviceId : arg));
    const { code, text } = await publish([...asOther, '-t', eventsOf(other), '-m', 'x']);
    expect([code, text]).toEqual([expect.any(Number), expect.stringContaining('Connection Refused')]);
    expect(code).not.toBe(0);
    expect(await hub.server.hub.refusals.list(other.deviceId)).not.toEqual([]);
  });
});
