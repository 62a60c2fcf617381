import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deviceConnectionString } from '@viaduct/contracts';
import { RawMqtt, type SpawnedServer, spawnTestServer, type TestDevice, until } from '@viaduct/testkit';
import { Registry } from 'azure-iothub';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rest } from './sdk/rest.ts';

const DEVICES = 4;
/** Unacknowledged messages of one device: enough to keep log and webhook busy without a pause. */
const IN_FLIGHT = 256;

let hook: Server;
let server: SpawnedServer;
/** Device → numbers in the order in which they arrived, repeats included. */
let arrived: Map<string, number[]>;

beforeEach(async () => {
  arrived = new Map();
  hook = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const events = JSON.parse(Buffer.concat(chunks).toString()) as {
        subject: string;
        data: { body: { n: number } };
      }[];
      for (const { subject, data } of events) {
        const numbers = arrived.get(subject) ?? [];
        numbers.push(data.body.n);
        arrived.set(subject, numbers);
      }
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  server = await spawnTestServer();
});
afterEach(async () => {
  await server.stop();
  await new Promise((resolve) => hook.close(resolve));
});

it('delivers every acknowledged message to a webhook, in order, though the server is killed at full rate', {
  timeout: 120_000,
}, async () => {
  const configuration = { url: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/` };
  const saved = await rest(server, 'PUT', '/routing', {
    endpoints: [{ name: 'hook', kind: 'webhook', configuration }],
    routes: [{ name: 'all', source: 'DeviceMessages', condition: 'true', endpointNames: ['hook'] }],
  });
  expect(saved.status).toBe(200);
  const registry = Registry.fromConnectionString(server.ready.hubConnectionString);
  const talkers = await Promise.all(
    Array.from({ length: DEVICES }, (_, index) => Talker.open(server, registry, `d${index}`)),
  );

  for (const talker of talkers) talker.talk();
  await until(() => count() > 5_000, { what: 'five thousand deliveries', timeoutMs: 60_000 });
  await server.kill('SIGKILL');
  const acknowledged = talkers.map((talker) => talker.acknowledged);
  const before = count();
  const dataDirectory = server.dataDirectory;
  server = await spawnTestServer({ dataDirectory, address: server.address });

  const all = () =>
    talkers.every(({ deviceId }, index) => new Set(arrived.get(deviceId)).size >= (acknowledged[index] ?? 0));
  await until(all, { what: 'every acknowledged message', timeoutMs: 60_000 });
  for (const [index, { deviceId }] of talkers.entries()) {
    const firsts = [...new Set(arrived.get(deviceId))];
    expect(firsts, `${deviceId} in order, apart from repeats`).toEqual([...firsts].sort((a, b) => a - b));
    const missing = Array.from({ length: acknowledged[index] ?? 0 }, (_, n) => n + 1).filter(
      (n) => !firsts.includes(n),
    );
    expect(missing, `${deviceId} was promised`).toEqual([]);
  }
  const promised = acknowledged.reduce((sum, each) => sum + each, 0);
  const distinct = [...arrived.values()].reduce((sum, numbers) => sum + new Set(numbers).size, 0);
  console.log(`${promised} acknowledged, ${before} delivered before the kill, ${count() - distinct} came twice`);
});

function count(): number {
  let sum = 0;
  for (const numbers of arrived.values()) sum += numbers.length;
  return sum;
}

/** A device that says the next number whenever one is acknowledged. */
class Talker {
  readonly deviceId: string;
  /** PUBACKs come in the order of the messages. */
  acknowledged = 0;
  readonly #mqtt: RawMqtt;
  #said = 0;

  private constructor(deviceId: string, mqtt: RawMqtt) {
    this.deviceId = deviceId;
    this.#mqtt = mqtt;
  }

  static async open({ ready }: SpawnedServer, registry: Registry, deviceId: string): Promise<Talker> {
    const { responseBody } = await registry.create({ deviceId });
    const primaryKey = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
    const connectionString = deviceConnectionString(ready.hostName, deviceId, primaryKey);
    const device: TestDevice = { deviceId, primaryKey, connectionString };
    const mqtt = await RawMqtt.open(ready);
    await mqtt.connectAs(device, ready.hostName);
    return new Talker(deviceId, mqtt);
  }

  talk(): void {
    let seen = this.#mqtt.received.length;
    this.#mqtt.socket.on('data', () => {
      const packets = this.#mqtt.received.slice(seen);
      seen += packets.length;
      for (const { cmd } of packets) {
        if (cmd !== 'puback') continue;
        this.acknowledged++;
        this.#say();
      }
    });
    for (let n = 0; n < IN_FLIGHT; n++) this.#say();
  }

  #say(): void {
    const topic = `devices/${this.deviceId}/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8`;
    this.#said++;
    if (!this.#mqtt.closed) this.#mqtt.publish(topic, `{"n":${this.#said}}`, (this.#said % 65_535) + 1);
  }
}
