import { readFile } from 'node:fs/promises';
import { type DecodedRecord, decodeRecord } from '@viaduct/hub';
import { RawMqtt, startTestServer, type TestDevice, type TestServer, until } from '@viaduct/testkit';
import { Message, NoRetry } from 'azure-iot-common';
import { Client } from 'azure-iot-device';
import { Amqp } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import { Mqtt } from 'azure-iot-device-mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

/** Faults that a device orders by the properties of a message, as the SDKs' own tests do. */
let server: TestServer;
const clients: { close(): unknown }[] = [];

beforeAll(async () => {
  server = await startTestServer({ flags: ['--fault-injection'] });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});
afterAll(() => server.stop());

describe('fault injection', () => {
  it('is ordinary telemetry while it is switched off', async () => {
    const other = await startTestServer();
    clients.push({ close: () => other.stop() });
    expect(other.text).not.toContain('Fault injection');
    const device = await other.createDevice();
    const client = await RawMqtt.open(other.ready);
    expect(await client.connectAs(device, other.ready.hostName)).toBe(0);
    client.publish(orderTopic(device, 'KillTcp'), '{}', 1);
    await client.next('puback');
    expect(await telemetryOf(device, other)).toHaveLength(1);
  });

  it('is announced to whoever starts the server', () => {
    expect(server.text).toMatch(/Fault injection is on: devices can break\s+their own connections/);
  });
});

describe('fault injection over MQTT', () => {
  it('closes before the acknowledgement, and the unmodified client comes back by itself', async () => {
    const device = await server.createDevice();
    const client = await sdk(device);
    await client.sendEvent(new Message('before'));
    const first = server.hub.sessions.find(device);
    // The client sends the order again when it is back, until it is acknowledged.
    await client.sendEvent(orderOf('ShutDownMqtt'));
    await client.sendEvent(new Message('after'));
    expect(server.hub.sessions.find(device)).not.toBe(first);
    expect(await telemetryOf(device)).toHaveLength(2);
    expect(await server.hub.refusals.list(device.deviceId)).toMatchObject([
      { code: 'fault.injected', message: expect.stringContaining('ShutDownMqtt ("a test")'), count: 1 },
    ]);
  });

  it('drops the connection once for what MQTT has no word for', async () => {
    const device = await server.createDevice();
    const client = await sdk(device);
    await client.sendEvent(orderOf('InvokeThrottling', { duration: '2' }));
    await client.sendEvent(new Message('after'));
    expect(await telemetryOf(device)).toHaveLength(1);
  });

  it('lets nobody in while a kill holds, and neighbours stay', async () => {
    const [device, neighbour] = [await server.createDevice(), await server.createDevice()];
    const [client, other] = [await raw(device), await raw(neighbour)];
    client.publish(orderTopic(device, 'KillTcp', { duration: '2' }), '{}');
    await client.untilClosed();
    const second = await RawMqtt.open(server.ready);
    clients.push(second);
    expect(await second.connectAs(device, server.ready.hostName)).toBe(3);
    await until(async () => (await returnCodeOf(device)) === 0, { what: 'normal service', everyMs: 200 });
    other.publish(`devices/${neighbour.deviceId}/messages/events/`, '{}', 1);
    await other.next('puback');
  });

  it('begins after the delay that was asked for', async () => {
    const device = await server.createDevice();
    const client = await raw(device);
    const orderedAt = performance.now();
    client.publish(orderTopic(device, 'KillTcp', { delay: '1' }), '{}', 1);
    client.publish(`devices/${device.deviceId}/messages/events/`, '{}', 2);
    expect((await client.next('puback')).messageId).toBe(2);
    await client.untilClosed();
    expect(performance.now() - orderedAt).toBeGreaterThan(950);
  });

  it('refuses an order that nobody can carry out', async () => {
    const device = await server.createDevice();
    const client = await raw(device);
    client.publish(orderTopic(device, 'Explode'), '{}', 1);
    await client.untilClosed();
    expect(await server.hub.refusals.list(device.deviceId)).toMatchObject([{ code: 'argument.invalid' }]);
  });
});

describe('fault injection over AMQP', () => {
  it.each(['KillTcp', 'KillAmqpConnection', 'KillAmqpSession', 'ShutDownAmqp', 'KillAmqpD2CLink'])(
    '%s ends what it names, and the unmodified client sends on',
    async (operation) => {
      const device = await server.createDevice();
      const client = await sdk(device, Amqp);
      await client.sendEvent(new Message('before'));
      const first = server.hub.sessions.find(device);
      await client.sendEvent(orderOf(operation));
      // A message that comes just before may be kept and its acknowledgement lost: then it is sent, and counts, twice.
      await until(() => server.hub.sessions.find(device) !== first, { what: 'the fault has begun' });
      // What this client has in hand when a link goes it gives up; it comes back for the next.
      await untilAccepted(client);
      expect(await telemetryOf(device)).toHaveLength(2);
      expect(await server.hub.refusals.list(device.deviceId)).toMatchObject([{ code: 'fault.injected' }]);
    },
  );

  it('KillAmqpTwinLinkResp ends that link; this client gives up its connection then, and comes back', async () => {
    const device = await server.createDevice();
    const client = await sdk(device, Amqp);
    await client.getTwin();
    await client.sendEvent(orderOf('KillAmqpTwinLinkResp'));
    await untilAccepted(client);
    const refusals = await server.hub.refusals.list(device.deviceId);
    expect(refusals.map(({ code }) => code)).toContain('fault.injected');
  });

  it.each([
    ['InvokeThrottling', 'ThrottlingError'],
    ['InvokeMaxMessageQuota', 'IotHubQuotaExceededError'],
    ['InvokeAuthError', 'UnauthorizedError'],
  ])('%s has messages rejected for its duration, and then no more', async (operation, name) => {
    const device = await server.createDevice();
    const client = await sdk(device, Amqp);
    client.setRetryPolicy(new NoRetry());
    await client.sendEvent(orderOf(operation, { duration: '2' }));
    await expect(client.sendEvent(new Message('during'))).rejects.toMatchObject({ name });
    await untilAccepted(client);
    expect(await telemetryOf(device)).toHaveLength(1);
  });
});

describe('fault injection over HTTPS', () => {
  it.each([
    ['InvokeThrottling', 429],
    ['InvokeMaxMessageQuota', 403],
    ['InvokeAuthError', 401],
    ['KillTcp', undefined],
  ])('%s fails the request that orders it, and no other', async (operation, statusCode) => {
    const device = await server.createDevice();
    const client = await sdk(device, Http);
    client.setRetryPolicy(new NoRetry());
    // This client has no name of its own for 429.
    const refused: { response?: { statusCode?: number } } = await client.sendEvent(orderOf(operation)).then(
      () => expect.fail('the order was answered as telemetry'),
      (error) => error,
    );
    expect(refused.response?.statusCode).toBe(statusCode);
    await client.sendEvent(new Message('after'));
    expect(await telemetryOf(device)).toHaveLength(1);
  });
});

async function untilAccepted(client: Client): Promise<void> {
  const accepted = () =>
    client.sendEvent(new Message('after')).then(
      () => true,
      () => false,
    );
  await until(accepted, { what: 'normal service', everyMs: 250 });
}

async function raw(device: TestDevice): Promise<RawMqtt> {
  const client = await RawMqtt.open(server.ready);
  clients.push(client);
  expect(await client.connectAs(device, server.ready.hostName)).toBe(0);
  return client;
}

async function returnCodeOf(device: TestDevice): Promise<number> {
  const client = await RawMqtt.open(server.ready);
  clients.push(client);
  return client.connectAs(device, server.ready.hostName);
}

async function sdk(
  device: TestDevice,
  transport: Parameters<typeof Client.fromConnectionString>[1] = Mqtt,
): Promise<Client> {
  const client = Client.fromConnectionString(device.connectionString, transport);
  // Over HTTPS this client never answers `setOptions` unless it is told how to poll.
  const http = { receivePolicy: { interval: 1 } };
  await client.setOptions({ ca: await readFile(server.caFile, 'utf8'), http } as never);
  client.on('error', () => {});
  clients.push(client);
  await client.open();
  return client;
}

interface Times {
  readonly delay?: string;
  readonly duration?: string;
}

function properties(operation: string, { delay = '0', duration = '0' }: Times): [string, string][] {
  return [
    ['AzIoTHub_FaultOperationType', operation],
    ['AzIoTHub_FaultOperationCloseReason', 'a test'],
    ['AzIoTHub_FaultOperationDelayInSecs', delay],
    ['AzIoTHub_FaultOperationDurationInSecs', duration],
  ];
}

function orderOf(operation: string, times: Times = {}): Message {
  const message = new Message('{}');
  for (const [name, value] of properties(operation, times)) message.properties.add(name, value);
  return message;
}

function orderTopic({ deviceId }: TestDevice, operation: string, times: Times = {}): string {
  const bag = properties(operation, times).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `devices/${deviceId}/messages/events/${bag.join('&')}`;
}

async function telemetryOf({ deviceId }: TestDevice, { hub }: TestServer = server): Promise<DecodedRecord[]> {
  const partitions = Array.from({ length: hub.eventPartitions }, (_, partition) =>
    hub.log.read(partition, 0, 1_048_576),
  );
  const records = (await Promise.all(partitions)).flat().map(({ data }) => decodeRecord(data));
  return records.filter((record) => record.deviceId === deviceId);
}
