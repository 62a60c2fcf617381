import { readFile } from 'node:fs/promises';
import { LIMITS } from '@viaduct/contracts';
import { RawMqtt, startTestServer, type TestDevice, type TestServer, until } from '@viaduct/testkit';
import { Message, NoRetry } from 'azure-iot-common';
import { Client } from 'azure-iot-device';
import { Amqp } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import { Registry } from 'azure-iothub';
import { afterEach, describe, expect, it } from 'vitest';

/** Throttling over real sockets: bounds are generous on one side and exact on the other, so a busy machine fails nothing. */
let server: TestServer;
const clients: { close(): unknown }[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await server.stop();
});

describe('a device that is limited', () => {
  it('slows to its rate and loses nothing', async () => {
    await start('--throttle', 'device.telemetry=20/s:5');
    const device = await server.createDevice();
    const client = await connected(device);
    const startedAt = performance.now();
    publish(client, device, 25);
    const ids = await acknowledged(client, 25);
    // 5 at once, and the others with 50 ms between them.
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    expect(await recordCount()).toBe(25);
    const [state] = server.hub.throttle?.stateOf(device) ?? [];
    expect(state).toMatchObject({ operation: 'telemetry', scope: 'device', limitPerSecond: 20, refusedCount: 0 });
    expect(state?.heldCount).toBeGreaterThan(10);
  });

  it('does not slow its neighbours', async () => {
    await start('--throttle', 'device.telemetry=2/s:1');
    const [noisy, quiet] = [await server.createDevice(), await server.createDevice()];
    const [loud, calm] = [await connected(noisy), await connected(quiet)];
    publish(loud, noisy, 40);
    await acknowledged(loud, 1);
    publish(calm, quiet, 1);
    await acknowledged(calm, 1);
    // The noisy one needs twenty seconds for all of it.
    expect(loud.received.length).toBeLessThan(39);
    expect(server.hub.throttle?.stateOf(quiet)).toEqual([]);
  });

  it('is slowed by what all send together, when that is limited', async () => {
    await start('--throttle', 'hub.telemetry=20/s:2');
    const devices = [await server.createDevice(), await server.createDevice()];
    const pairs = await Promise.all(devices.map(async (device) => ({ device, client: await connected(device) })));
    const startedAt = performance.now();
    for (const { client, device } of pairs) publish(client, device, 10);
    for (const { client } of pairs) await acknowledged(client, 10);
    expect(performance.now() - startedAt).toBeGreaterThan(800);
    expect(await recordCount()).toBe(20);
    expect(await metric('viaduct_throttled_total{operation="telemetry",scope="hub"}')).toBeGreaterThan(10);
  });

  it('answers keep-alives late rather than being taken for silent', async () => {
    await start('--throttle', 'device.telemetry=1/s:1');
    const device = await server.createDevice();
    const client = await connected(device, { keepalive: 1 });
    publish(client, device, 4);
    client.send({ cmd: 'pingreq' });
    await acknowledged(client, 4);
    await client.next('pingresp');
  });
});

describe('a device that would have to wait too long', () => {
  it('is disconnected with the reason booked, and its unacknowledged message is not kept', async () => {
    await start('--throttle', 'device.telemetry=1/min:1');
    const device = await server.createDevice();
    const client = await connected(device);
    publish(client, device, 2);
    await client.untilClosed();
    expect(await recordCount()).toBe(1);
    expect(await server.hub.refusals.list(device.deviceId)).toMatchObject([
      { code: 'throttle.exceeded', message: expect.stringContaining('1/min of telemetry'), transport: 'mqtt' },
    ]);
    expect(await metric('viaduct_throttle_refused_total{operation="telemetry",scope="device"}')).toBe(1);
  });

  it('loses a QoS 0 message and stays connected', async () => {
    await start('--throttle', 'device.telemetry=1/min:1');
    const device = await server.createDevice();
    const client = await connected(device);
    for (const text of ['kept', 'dropped']) client.publish(topicOf(device), text);
    await until(async () => (await server.hub.refusals.list(device.deviceId)).length === 1, { what: 'a refusal' });
    expect(client.closed).toBe(false);
    // Nobody is told when a QoS 0 message is kept.
    await until(async () => (await recordCount()) === 1, { what: 'the one that is kept' });
  });

  it('is told at CONNECT to come back later', async () => {
    await start('--throttle', 'device.connect=1/min:1');
    const device = await server.createDevice();
    await connected(device);
    expect(await returnCodeOf(device)).toBe(3);
  });

  it('hears 429 about a twin', async () => {
    await start('--throttle', 'device.twinRead=1/min:1');
    const device = await server.createDevice();
    const client = await connected(device);
    await client.subscribe('$iothub/twin/res/#');
    for (const id of ['1', '2']) client.publish(`$iothub/twin/GET/?$rid=${id}`, '');
    const topics = [(await client.next('publish')).topic, (await client.next('publish')).topic];
    expect(topics).toEqual(['$iothub/twin/res/200/?$rid=1', '$iothub/twin/res/429/?$rid=2']);
    const answers = server.hub.throttle?.stateOf(device);
    expect(answers).toMatchObject([{ operation: 'twinRead', refusedCount: 1 }]);
  });
});

describe('over AMQP and HTTPS', () => {
  it.each([
    ['AMQP', Amqp],
    ['HTTPS', Http],
  ])('%s: acknowledgements are held', async (_name, transport) => {
    await start('--throttle', 'device.telemetry=4/s:1');
    const device = await server.createDevice();
    const client = await sdk(device, transport);
    const startedAt = performance.now();
    for (let i = 0; i < 4; i++) await client.sendEvent(new Message(`${i}`));
    expect(performance.now() - startedAt).toBeGreaterThan(700);
    expect(await recordCount()).toBe(4);
  });

  it.each([
    ['AMQP', Amqp, { name: 'ThrottlingError' }],
    ['HTTPS', Http, { response: { statusCode: 429 } }],
  ])('%s: what would wait too long is refused in words, and not kept', async (_name, transport, refusal) => {
    await start('--throttle', 'device.telemetry=1/min:1');
    const device = await server.createDevice();
    const client = await sdk(device, transport);
    await client.sendEvent(new Message('kept'));
    await expect(client.sendEvent(new Message('refused'))).rejects.toMatchObject(refusal);
    expect(await recordCount()).toBe(1);
    expect(await server.hub.refusals.list(device.deviceId)).toMatchObject([{ code: 'throttle.exceeded' }]);
  });

  it('a back end hears 429, and when to come back', async () => {
    await start('--throttle', 'hub.registry=1/min:1');
    const registry = Registry.fromConnectionString(server.ready.hubConnectionString);
    await registry.list();
    await expect(registry.list()).rejects.toMatchObject({ name: 'ThrottlingError', response: { statusCode: 429 } });
    expect(await server.hub.refusals.list(null)).toMatchObject([{ code: 'throttle.exceeded', transport: 'https' }]);
  });
});

describe('the quota of a day', () => {
  it('refuses what is beyond it, also after a restart', async () => {
    await start('--daily-messages', '3');
    const device = await server.createDevice();
    const client = await connected(device);
    publish(client, device, 2);
    await acknowledged(client, 2);
    await server.restart();
    expect(server.hub.throttle?.quota).toEqual({ used: 2, max: 3 });
    const again = await connected(device);
    again.publish(topicOf(device), Buffer.alloc(LIMITS.QUOTA_PIECE_BYTES + 1), 9);
    await again.untilClosed();
    expect(await server.hub.refusals.list(device.deviceId)).toMatchObject([{ code: 'quota.dailyExceeded' }]);
    expect(await metric('viaduct_quota_used')).toBe(2);
  });
});

describe('without a limit', () => {
  it('there is no throttle at all', async () => {
    await start();
    expect(server.hub.throttle).toBeNull();
    const device = await server.createDevice();
    const client = await connected(device);
    publish(client, device, 200);
    await acknowledged(client, 200);
  });
});

async function start(...flags: string[]): Promise<void> {
  server = await startTestServer({ flags });
}

async function connected(device: TestDevice, overrides: { keepalive?: number } = {}): Promise<RawMqtt> {
  const client = await RawMqtt.open(server.ready);
  clients.push(client);
  expect(await client.connectAs(device, server.ready.hostName, overrides)).toBe(0);
  return client;
}

/** The unmodified client, which would hide a refusal by trying again. */
async function sdk(device: TestDevice, transport: Parameters<typeof Client.fromConnectionString>[1]): Promise<Client> {
  const client = Client.fromConnectionString(device.connectionString, transport);
  clients.push(client);
  client.setRetryPolicy(new NoRetry());
  // Over HTTPS this client never answers `setOptions` unless it is told how to poll.
  const http = { receivePolicy: { interval: 1 } };
  await client.setOptions({ ca: await readFile(server.caFile, 'utf8'), http } as never);
  client.on('error', () => {});
  await client.open();
  return client;
}

async function returnCodeOf(device: TestDevice): Promise<number> {
  const client = await RawMqtt.open(server.ready);
  clients.push(client);
  return client.connectAs(device, server.ready.hostName);
}

function topicOf({ deviceId }: TestDevice): string {
  return `devices/${deviceId}/messages/events/`;
}

function publish(client: RawMqtt, device: TestDevice, count: number): void {
  for (let id = 1; id <= count; id++) client.publish(topicOf(device), `{"n":${id}}`, id);
}

async function acknowledged(client: RawMqtt, count: number): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) ids.push((await client.next('puback')).messageId ?? 0);
  return ids;
}

/** Telemetry in the log. */
async function recordCount(): Promise<number> {
  const { log, eventPartitions } = server.hub;
  let count = 0;
  for (let partition = 0; partition < eventPartitions; partition++) count += log.bounds(partition).next;
  return count;
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(/http:\S+metrics/.exec(server.text)?.[0] ?? '')).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length));
}
