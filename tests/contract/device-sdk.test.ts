import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EventHubConsumerClient, type ReceivedEventData } from '@azure/event-hubs';
import { deviceClient, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { type Client as DeviceClient, Message, type Twin } from 'azure-iot-device';
import { Registry, Client as ServiceClient } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The official clients, unmodified, over real TLS: what a fleet and its back end do all day. */
let server: TestServer;
let service: ServiceClient;
let registry: Registry;
beforeAll(async () => {
  server = await startTestServer();
  service = ServiceClient.fromConnectionString(server.ready.hubConnectionString);
  registry = Registry.fromConnectionString(server.ready.hubConnectionString);
  await service.open();
});
afterAll(async () => {
  await service.close();
  await server.stop();
});

describe.each([
  ['azure-iot-device · MQTT · symmetric key', 'mqtt'],
  ['azure-iot-device · MQTT over WebSocket · symmetric key', 'mqtt-ws'],
] as const)('%s', (_suite, transport) => {
  async function connectedDevice(): Promise<{ deviceId: string; client: DeviceClient; connectionString: string }> {
    const { deviceId, connectionString } = await server.createDevice();
    const client = await deviceClient(connectionString, server.caFile, transport);
    await client.open();
    return { deviceId, client, connectionString };
  }

  it('sends telemetry that an Event Hubs client reads, with all its properties', async () => {
    const { deviceId, client } = await connectedDevice();
    const message = new Message(JSON.stringify({ temperature: 21.5 }));
    message.messageId = 'm-1';
    message.correlationId = 'c-1';
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.properties.add('level', 'höch & more');
    await client.sendEvent(message);
    await client.close();

    const event = await findEvent(
      (candidate) => candidate.systemProperties?.['iothub-connection-device-id'] === deviceId,
    );
    expect(event.body).toEqual({ temperature: 21.5 });
    expect(event.properties).toEqual({ level: 'höch & more' });
    expect(event).toMatchObject({ messageId: 'm-1', correlationId: 'c-1', contentType: 'application/json' });
    expect(event.systemProperties).toMatchObject({ 'iothub-message-source': 'Telemetry' });
    expect(JSON.parse(String(event.systemProperties?.['iothub-connection-auth-method']))).toMatchObject({
      scope: 'device',
      type: 'sas',
    });
  });

  it('receives a command with its properties, completes it, and the back end hears of it', async () => {
    const { deviceId, client } = await connectedDevice();
    const received: Message[] = [];
    client.on('message', (message: Message) => {
      received.push(message);
      void client.complete(message);
    });
    const feedback = await feedbackReceiver();
    const heard: unknown[] = [];
    feedback.on('message', (batch: { data: unknown; transportObj?: unknown }) =>
      heard.push(...(JSON.parse(String(batch.data)) as unknown[])),
    );

    const command = new Message('open the door');
    command.messageId = 'cmd-1';
    command.ack = 'full';
    command.properties.add('who', 'me');
    await service.send(deviceId, command);
    const message = await until(() => received[0], { what: 'the command' });
    expect(message.getData().toString()).toBe('open the door');
    expect(message.messageId).toBe('cmd-1');
    expect(message.properties.propertyList).toContainEqual({ key: 'who', value: 'me' });
    await until(
      () => heard.find((record) => (record as { originalMessageId: string; deviceId: string }).deviceId === deviceId),
      { what: 'the feedback', timeoutMs: 25_000 },
    );
    expect(heard).toContainEqual(
      expect.objectContaining({ originalMessageId: 'cmd-1', statusCode: 'Success', deviceId }),
    );
    await client.close();
  });

  it('delivers commands that waited while the device was away', async () => {
    const { deviceId, connectionString } = await server.createDevice();
    for (const text of ['first', 'second', 'third']) await service.send(deviceId, text);
    const client = await deviceClient(connectionString, server.caFile, transport);
    const received: string[] = [];
    client.on('message', (message: Message) => {
      received.push(message.getData().toString());
      void client.complete(message);
    });
    await client.open();
    await until(() => received.length === 3, { what: 'three commands' });
    expect(received).toEqual(['first', 'second', 'third']);
    await until(async () => (await server.hub.commands.depth({ deviceId })) === 0, { what: 'an empty queue' });
    await client.close();
  });

  it('answers direct methods, concurrently, and the caller hears of a device that does not', async () => {
    const { deviceId, client } = await connectedDevice();
    client.onDeviceMethod('add', (request, response) => {
      const { a, b } = request.payload as { a: number; b: number };
      void response.send(200, { sum: a + b });
    });
    client.onDeviceMethod('mute', () => {});
    const invoke = (methodName: string, payload?: unknown, more = {}) =>
      service.invokeDeviceMethod(deviceId, { methodName, payload, responseTimeoutInSeconds: 15, ...more });
    // The subscription travels behind `onDeviceMethod`; the first call waits for it.
    const first = await invoke('add', { a: 1, b: 2 }, { connectTimeoutInSeconds: 10 });
    expect(first.result).toEqual({ status: 200, payload: { sum: 3 } });
    const many = await Promise.all(Array.from({ length: 8 }, (_, i) => invoke('add', { a: i, b: i })));
    expect(many.map(({ result }) => result.payload.sum)).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
    await expect(invoke('mute', null, { responseTimeoutInSeconds: 5 })).rejects.toMatchObject({
      name: 'GatewayTimeoutError',
    });
    await client.close();
    await expect(invoke('add', { a: 1, b: 1 })).rejects.toMatchObject({
      responseBody: expect.stringContaining('404103'),
    });
  });

  it('keeps a twin: get, report, be told, forget', async () => {
    const { deviceId, client } = await connectedDevice();
    const twin = (await client.getTwin()) as Twin;
    expect(twin.properties.desired.$version).toBe(1);
    const changes: Record<string, unknown>[] = [];
    twin.on('properties.desired', (patch: Record<string, unknown>) => changes.push(patch));
    await new Promise<void>((resolve, reject) =>
      twin.properties.reported.update({ firmware: '1.2', network: { kind: 'wifi' } }, (error: Error | null) =>
        error ? reject(error) : resolve(),
      ),
    );
    const seen = (await registry.getTwin(deviceId)).responseBody;
    expect(seen.properties.reported).toMatchObject({ firmware: '1.2', network: { kind: 'wifi' }, $version: 2 });

    await until(
      async () => {
        await registry.updateTwin(deviceId, { properties: { desired: { interval: 5, drop: 'me' } } }, '*');
        return changes.some((change) => change.interval === 5) || undefined;
      },
      { what: 'a desired change' },
    );
    await registry.updateTwin(deviceId, { properties: { desired: { drop: null } }, tags: { site: 'north' } }, '*');
    await until(() => changes.some((change) => change.drop === null) || undefined, { what: 'a removal' });
    const after = (await registry.getTwin(deviceId)).responseBody;
    expect(after.tags).toEqual({ site: 'north' });
    expect(after.properties.desired).toMatchObject({ interval: 5 });
    expect(after.properties.desired).not.toHaveProperty('drop');
    await client.close();
  });

  it('is told why it may not come in', async () => {
    const { connectionString } = await server.createDevice();
    const wrong = connectionString.replace(
      /SharedAccessKey=.*/,
      `SharedAccessKey=${Buffer.alloc(32, 9).toString('base64')}`,
    );
    const client = await deviceClient(wrong, server.caFile, transport);
    await expect(client.open()).rejects.toMatchObject({ name: 'UnauthorizedError' });
  });
});

describe('azure-iot-device · MQTT · registered certificate', () => {
  it('connects and sends telemetry', async () => {
    const { certificate, key, thumbprint } = await selfSignedCertificate('x509-device');
    await registry.create({
      deviceId: 'x509-device',
      authentication: {
        type: 'selfSigned',
        x509Thumbprint: { primaryThumbprint: thumbprint, secondaryThumbprint: thumbprint },
      },
    });
    const client = await deviceClient(
      `HostName=${server.ready.hostName};DeviceId=x509-device;x509=true`,
      server.caFile,
    );
    await client.setOptions({ cert: certificate, key, ca: readFileSync(server.caFile, 'utf8') } as never);
    await client.open();
    await client.sendEvent(new Message('{"by":"certificate"}'));
    await client.close();
    const event = await findEvent(
      (candidate) => candidate.systemProperties?.['iothub-connection-device-id'] === 'x509-device',
    );
    expect(JSON.parse(String(event.systemProperties?.['iothub-connection-auth-method']))).toMatchObject({
      type: 'x509',
    });
  });

  it('is refused with a certificate that is not registered', async () => {
    const { certificate, key } = await selfSignedCertificate('x509-device');
    const client = await deviceClient(
      `HostName=${server.ready.hostName};DeviceId=x509-device;x509=true`,
      server.caFile,
    );
    await client.setOptions({ cert: certificate, key, ca: readFileSync(server.caFile, 'utf8') } as never);
    await expect(client.open()).rejects.toMatchObject({ name: 'UnauthorizedError' });
    expect((await server.hub.refusals.list('x509-device'))[0]?.code).toBe('credential.certificateMismatch');
  });
});

describe('azure-iothub · HTTPS · shared access policy', () => {
  it('creates, reads, lists, updates and removes devices', async () => {
    const created = (await registry.create({ deviceId: 'reg-1' })).responseBody;
    expect(created).toMatchObject({
      deviceId: 'reg-1',
      status: 'enabled',
      connectionState: 'Disconnected',
      authentication: { type: 'sas' },
    });
    expect(Buffer.from(created.authentication?.symmetricKey?.primaryKey ?? '', 'base64')).toHaveLength(32);
    await expect(registry.create({ deviceId: 'reg-1' })).rejects.toMatchObject({ name: 'DeviceAlreadyExistsError' });
    expect((await registry.list()).responseBody.map(({ deviceId }) => deviceId)).toContain('reg-1');
    const updated = (await registry.update({ ...created, status: 'disabled', statusReason: 'lost' })).responseBody;
    expect(updated).toMatchObject({ status: 'disabled', statusReason: 'lost' });
    await registry.delete('reg-1');
    await expect(registry.get('reg-1')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
  });

  it('takes bulk changes', async () => {
    await registry.addDevices([{ deviceId: 'bulk-1' }, { deviceId: 'bulk-2' }]);
    await registry.removeDevices([{ deviceId: 'bulk-1' }], true);
    await expect(registry.get('bulk-1')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
    expect((await registry.get('bulk-2')).responseBody.deviceId).toBe('bulk-2');
  });

  it('refuses a stale etag', async () => {
    const { deviceId } = await server.createDevice();
    const stale = (await registry.getTwin(deviceId)).responseBody.etag;
    await registry.updateTwin(deviceId, { tags: { a: 1 } }, stale);
    await expect(registry.updateTwin(deviceId, { tags: { a: 2 } }, stale)).rejects.toMatchObject({
      name: 'InvalidEtagError',
    });
  });

  it('disconnects a device that is disabled', async () => {
    const { deviceId, connectionString } = await server.createDevice();
    const client = await deviceClient(connectionString, server.caFile);
    await client.open();
    const session = server.hub.sessions.find({ deviceId });
    expect(session).toBeDefined();
    await registry.update({ deviceId, status: 'disabled' });
    await until(() => (server.hub.sessions.find({ deviceId }) === undefined ? true : undefined), {
      what: 'the end of the connection',
    });
    await client.close().catch(() => {});
  });
});

function feedbackReceiver(): Promise<ServiceClient.ServiceReceiver> {
  return new Promise((resolve, reject) => {
    service.getFeedbackReceiver((error, receiver) => (receiver === undefined ? reject(error) : resolve(receiver)));
  });
}

async function selfSignedCertificate(
  commonName: string,
): Promise<{ certificate: string; key: string; thumbprint: string }> {
  await import('reflect-metadata');
  const { X509CertificateGenerator } = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
    keys,
    signingAlgorithm: algorithm,
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  const certificate = made.toString('pem');
  return { certificate, key, thumbprint: new X509Certificate(certificate).fingerprint.replaceAll(':', '') };
}

async function findEvent(matches: (event: ReceivedEventData) => boolean): Promise<ReceivedEventData> {
  const consumer = new EventHubConsumerClient('$Default', server.ready.eventHubsConnectionString);
  const found: ReceivedEventData[] = [];
  const subscription = consumer.subscribe(
    {
      processEvents: async (events) => {
        found.push(...events.filter(matches));
      },
      processError: async () => {},
    },
    { startPosition: { offset: '-1' } },
  );
  try {
    return await until(() => found[0], { what: 'the event', timeoutMs: 20_000 });
  } finally {
    await subscription.close();
    await consumer.close();
  }
}
