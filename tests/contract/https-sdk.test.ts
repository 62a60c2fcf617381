import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { getDeviceWithPresence, listCommands, sendCommand } from '@viaduct/hub';
import { deviceToken, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { type Client, Message } from 'azure-iot-device';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EventTap } from './sdk/event-tap.ts';
import { provesWith } from './sdk/operations.ts';
import { newSdkIdentity, type SdkIdentity } from './sdk/sdk-identity.ts';

/** What only HTTPS does: batches in one request, and commands that are fetched. The rest is in the suites of every transport. */
let server: TestServer;
let tap: EventTap;
let device: SdkIdentity;
beforeAll(async () => {
  server = await startTestServer();
  tap = new EventTap(server);
});
afterEach(() => device?.close());
afterAll(async () => {
  await tap.close();
  await server.stop();
});

describe('HTTPS, beyond the matrix', () => {
  it('sends a batch that arrives as messages of their own, in order, with names in their case', async ({ task }) => {
    provesWith('azure-iot-device', task, 'device.send_device_event');
    const client = await newDevice('batch');
    const batch = [1, 2, 3].map((n) => {
      const message = new Message(JSON.stringify({ n }));
      message.properties.add('Number', String(n));
      return message;
    });
    await client.sendEventBatch(batch);
    const single = new Message('{"n":4}');
    single.contentType = 'application/json';
    single.contentEncoding = 'utf-8';
    single.properties.add('Number', 'vier, größer');
    await client.sendEvent(single);
    const events = await tap.telemetryOf({ deviceId: 'batch' }, 4);
    expect(events.map(({ properties }) => properties?.Number)).toEqual(['1', '2', '3', 'vier, größer']);
    expect(events[3]?.body).toEqual({ n: 4 });
  });

  it('refuses a batch that is too large, wholly', async () => {
    const client = await newDevice('large');
    const batch = [1, 2].map(() => new Message(Buffer.alloc(140_000)));
    await expect(client.sendEventBatch(batch)).rejects.toThrow();
    await client.sendEvent(new Message('small'));
    const [first] = await tap.telemetryOf({ deviceId: 'large' });
    expect(Buffer.from(first?.body as Uint8Array).toString()).toBe('small');
  });

  it('drains the queue, and completes, rejects and abandons what it fetched', async ({ task }) => {
    provesWith('azure-iot-device', task, 'device.receive_device_bound_notification');
    provesWith('azure-iot-device', task, 'device.complete_device_bound_notification');
    provesWith('azure-iot-device', task, 'device.abandon_device_bound_notification');
    const client = await newDevice('drain');
    for (const messageId of ['take', 'reject', 'later'])
      await sendCommand(server.hub, device.identity, command(messageId));
    const settled: string[] = [];
    const received: Message[] = [];
    client.on('message', (message: Message) => {
      received.push(message);
      const { messageId } = message;
      const isAgain = received.filter((each) => each.messageId === messageId).length > 1;
      const done = (error?: Error | null) => settled.push(error ? String(error) : messageId);
      if (messageId === 'reject') client.reject(message, done);
      else if (messageId === 'take' || isAgain) client.complete(message, done);
      else client.abandon(message, done);
    });
    await until(() => settled.length === 4, { what: `four settled commands (${settled.join()})` });
    expect([...settled].sort()).toEqual(['later', 'later', 'reject', 'take']);
    expect(await listCommands(server.hub, device.identity)).toEqual([]);
    expect(received[0]?.properties.propertyList).toContainEqual({
      key: 'iothub-app-place',
      value: '%E4%B8%96%E7%95%8C',
    });
    expect(received[0]?.properties.propertyList).toContainEqual({ key: 'iothub-app-street', value: 'Große Straße' });
  });

  it('writes the names of properties to a device as the back end wrote them', async () => {
    const named = await server.createDevice('names');
    const message = { ...command('c'), application: { CamelCase: 'x' } };
    await sendCommand(server.hub, { deviceId: 'names' }, message);
    const authorization = deviceToken(named, server.ready.hostName);
    const path = '/devices/names/messages/deviceBound?api-version=2021-04-12';
    const rawHeaders = await get(path, { authorization });
    expect(rawHeaders).toContain('iothub-app-CamelCase');
  });

  it('is seen in the registry without being connected', async () => {
    const client = await newDevice('seen');
    const start = Date.now();
    await client.sendEvent(new Message('x'));
    const seen = await getDeviceWithPresence(server.hub, device.identity);
    expect(seen.connected).toBe(false);
    expect(seen.lastActivityTime).toBeGreaterThanOrEqual(start);
  });
});

async function newDevice(deviceId: string): Promise<Client> {
  device = await newSdkIdentity(server, { deviceId });
  return device.device('https');
}

function command(messageId: string) {
  const application = { place: '世界', street: 'Große Straße' };
  return { body: Buffer.from(messageId), system: { messageId }, application, ack: 'full' as const };
}

function get(path: string, headers: Record<string, string>): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const options = { host: server.ready.hostName, path, headers, ca: readFileSync(server.caFile) };
    request(options, (response) => {
      response.resume();
      response.once('end', () => resolve(response.rawHeaders));
    })
      .once('error', reject)
      .end();
  });
}
