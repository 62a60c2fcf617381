import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventHubConsumerClient, type ReceivedEventData } from '@azure/event-hubs';
import { AnonymousCredential, ContainerClient, newPipeline } from '@azure/storage-blob';
import { partitionFor } from '@viaduct/contracts';
import { patchTwin, saveRouting } from '@viaduct/hub';
import { RawMqtt, startTestServer, type TestDevice, type TestServer, until } from '@viaduct/testkit';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { EventTap } from './sdk/event-tap.ts';
import { rest } from './sdk/rest.ts';

/** Routing over a whole server: what devices say over MQTT, where it arrives, and what unmodified readers make of it. */
let server: TestServer;
let device: TestDevice;
let mqtt: RawMqtt;
let hook: Server;
let hookUrl: string;
let received: { id: string; subject: string; data: { body: { n: number }; properties: Record<string, string> } }[] = [];
let packetId = 0;

beforeAll(async () => {
  hook = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(...(JSON.parse(Buffer.concat(chunks).toString()) as typeof received));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  server = await startTestServer();
  device = await server.createDevice('d1');
  await connect();
});
beforeEach(async () => {
  received = [];
  await saveRouting(server.hub, {});
});
afterAll(async () => {
  await server.stop();
  await new Promise((resolve) => hook.close(resolve));
});

async function connect(): Promise<void> {
  mqtt = await RawMqtt.open(server.ready);
  await mqtt.connectAs(device, server.ready.hostName);
}

async function say(n: number, level: string): Promise<void> {
  const topic = `devices/d1/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8&level=${level}`;
  mqtt.publish(topic, JSON.stringify({ n }), ++packetId);
  await mqtt.next('puback');
}

const numbers = () => received.map(({ data }) => data.body.n);
const HOOK = () => ({ name: 'hook', kind: 'webhook', configuration: { url: hookUrl } });
const TO_HOOK = { name: 'hot', source: 'DeviceMessages', condition: "level = 'high'", endpointNames: ['hook'] };

it('delivers what a condition takes, enriched, and the reader of the built-in endpoint reads the rest to its end', async () => {
  await patchTwin(server.hub, { deviceId: 'd1' }, { tags: { floor: 3 } });
  const saved = await rest(server, 'PUT', '/routing', {
    endpoints: [HOOK()],
    routes: [TO_HOOK],
    enrichments: [{ key: 'floor', value: '$twin.tags.floor', endpointNames: ['hook'] }],
  });
  expect(saved).toMatchObject({ status: 200, body: { version: expect.any(Number) } });
  for (let n = 1; n <= 20; n++) await say(n, n % 2 === 0 ? 'high' : 'low');
  await until(() => numbers().length === 10, { what: 'ten deliveries' });
  expect(numbers()).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  expect(received[0]).toMatchObject({ subject: 'd1', data: { properties: { level: 'high', floor: '3' } } });

  // The newest is hidden: a client that reads up to the last sequence number must not wait for it.
  const partitionId = String(partitionFor('d1', server.hub.eventPartitions));
  const client = new EventHubConsumerClient('$Default', server.ready.eventHubsConnectionString);
  const { lastEnqueuedSequenceNumber } = await client.getPartitionProperties(partitionId);
  const events: ReceivedEventData[] = [];
  const subscription = client.subscribe(
    partitionId,
    { processEvents: async (found) => void events.push(...found), processError: async () => {} },
    { startPosition: { offset: '-1' } },
  );
  await until(() => events.at(-1)?.sequenceNumber === lastEnqueuedSequenceNumber, { what: 'the last event' });
  expect(events.map(({ body }) => (body as { n: number }).n)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
  await subscription.close();
  await client.close();
});

it('brings twin changes that are routed to events to an unmodified Event Hubs client', async () => {
  await saveRouting(server.hub, {
    routes: [{ name: 'twins', source: 'TwinChangeEvents', condition: 'true', endpointNames: ['events'] }],
  });
  await patchTwin(server.hub, { deviceId: 'd1' }, { tags: { floor: 4 } });
  const tap = new EventTap(server);
  const event = await tap.firstOf({ deviceId: 'd1' }, 'twinChangeEvents');
  expect(event.body).toMatchObject({ tags: { floor: 4 } });
  expect(event.properties).toMatchObject({ opType: 'updateTwin', 'iothub-message-schema': 'twinChangeNotification' });
  await tap.close();
});

it('writes files that a storage client lists and reads', async () => {
  await saveRouting(server.hub, {
    endpoints: [{ name: 'cold', kind: 'storage', configuration: { encoding: 'json', batchFrequencyInSeconds: 1 } }],
    routes: [{ name: 'all', source: 'DeviceMessages', condition: 'true', endpointNames: ['cold'] }],
  });
  for (let n = 1; n <= 5; n++) await say(n, 'low');
  const { body } = await rest(server, 'POST', '/routing/storageAccess', { hours: 1 });
  const url = (body as { url: string }).url;
  const container = new ContainerClient(url, newPipeline(new AnonymousCredential(), { retryOptions: { maxTries: 1 } }));
  const read = async () => {
    const lines: string[] = [];
    for await (const { name } of container.listBlobsFlat()) {
      const content = await container.getBlobClient(name).downloadToBuffer();
      lines.push(...content.toString().trim().split('\n'));
    }
    return lines.length === 5 && lines;
  };
  const lines = await until(read, { what: 'five messages in files', timeoutMs: 20_000, everyMs: 250 });
  expect(lines.map((line) => (JSON.parse(line) as { Body: unknown }).Body)).toEqual(
    [1, 2, 3, 4, 5].map((n) => ({ n })),
  );
});

it('delivers after a restart what came for a receiver that was not there, and nothing that is secret is shown', async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const configuration = { url: hookUrl.replace(/:\d+/, ':9'), secret, headers: { authorization: 'Bearer t' } };
  await saveRouting(server.hub, {
    endpoints: [{ name: 'hook', kind: 'webhook', configuration }],
    routes: [{ ...TO_HOOK, condition: 'true' }],
  });
  for (let n = 1; n <= 3; n++) await say(n, 'high');
  const health = async () =>
    (await rest(server, 'GET', '/routing/endpoints/hook')).body as { state: { health: string } };
  await until(async () => (await health()).state.health === 'unhealthy', { what: 'an unhealthy endpoint' });
  const shown = JSON.stringify((await rest(server, 'GET', '/routing')).body);
  for (const hidden of [secret, 'Bearer t']) expect(shown).not.toContain(hidden);

  await server.restart();
  await rest(server, 'PUT', '/routing/endpoints/hook', { ...HOOK() });
  await until(() => numbers().length >= 3, { what: 'three deliveries' });
  expect(numbers()).toEqual([1, 2, 3]);
  await connect();
});

it.each([
  ['no token', 'GET', '/routing', undefined, 401],
  [
    'a condition that is none',
    'PUT',
    '/routing/routes/r',
    { source: 'DeviceMessages', condition: 'a b', endpointNames: ['events'] },
    400,
  ],
  ['a name that is a path', 'PUT', '/routing/endpoints/..%2Fx', { kind: 'webhook', configuration: {} }, 404],
  [
    'an endpoint that asks the machine for its credentials',
    'PUT',
    '/routing/endpoints/x',
    { kind: 'webhook', configuration: { url: 'http://169.254.169.254/' } },
    400,
  ],
  [
    'a configuration that is too large',
    'PUT',
    '/routing/endpoints/x',
    { kind: 'webhook', configuration: { url: 'x'.repeat(70_000) } },
    400,
  ],
  ['an etag of before', 'PUT', '/routing', {}, 412],
])('refuses %s', async (what, method, path, body, status) => {
  const headers: Record<string, string> =
    what === 'no token' ? { authorization: '' } : what === 'an etag of before' ? { 'if-match': '"AAAA"' } : {};
  expect((await rest(server, method, path, body, headers)).status).toBe(status);
  expect(server.hub.routing.current).toMatchObject({ endpoints: [], routes: [] });
});
