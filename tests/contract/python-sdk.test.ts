import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConnectionString } from '@viaduct/contracts';
import { createDevice, sendCommand } from '@viaduct/hub';
import { deriveDeviceKey, startTestServer, type TestDevice, type TestServer, until } from '@viaduct/testkit';
import { ProvisioningServiceClient } from 'azure-iot-provisioning-service';
import { Client as ServiceClient } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from './sdk/certificates.ts';
import { pythonClients, runPython } from './sdk/python.ts';

/**
 * Python's clients from Debian's packages: the Event Hubs and storage SDKs, uAMQP (the C stack under Azure's C and older Python
 * SDKs) and paho (the client under its Python device SDK). They mind things that the Node clients forgive.
 */
const clients = pythonClients();
const version = (name: string) => clients[name] ?? '(not installed)';

let server: TestServer;
let service: ServiceClient;
beforeAll(async () => {
  server = await startTestServer();
  service = ServiceClient.fromConnectionString(server.ready.hubConnectionString);
  await service.open();
});
afterAll(async () => {
  await service.close();
  await server.stop();
});

const hostOf = () => ({ host: server.ready.hostName, ports: server.ready.ports });
const deviceOf = ({ deviceId, primaryKey }: TestDevice) => ({ ...hostOf(), device: deviceId, key: primaryKey });
const policyOf = () => {
  const { SharedAccessKeyName: policy, SharedAccessKey: policyKey } = parseConnectionString(
    server.ready.hubConnectionString,
  );
  return { policy, policyKey };
};

async function sendCommands(deviceId: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await sendCommand(
      server.hub,
      { deviceId },
      { body: Buffer.from(`command ${i}`), system: { messageId: `c-${i}` }, application: { who: 'me' }, ack: 'none' },
    );
  }
}

interface ReadEvents {
  readonly partitions: readonly string[];
  readonly events: readonly {
    readonly body: string;
    readonly properties: Record<string, string>;
    readonly system: Record<string, unknown>;
  }[];
}

async function eventsOf(deviceId: string, count: number, webSocket = false): Promise<ReadEvents> {
  const args = { connectionString: server.ready.eventHubsConnectionString, device: deviceId, count, webSocket };
  return (await runPython('eventhub_reader.py', args, server.caFile).result) as ReadEvents;
}

describe.skipIf(clients['paho.mqtt'] === undefined).each([
  ['MQTT', 'tcp'],
  ['MQTT over WebSocket', 'websockets'],
])(`paho-mqtt ${version('paho.mqtt')} (Python) · %s · symmetric key`, (_name, transport) => {
  it('telemetry, a command, a direct method and the twin in one session', async () => {
    const device = await server.createDevice();
    const run = runPython('paho_device.py', { ...deviceOf(device), transport }, server.caFile);
    await run.ready;
    await sendCommands(device.deviceId, 1);
    const answer = await service.invokeDeviceMethod(device.deviceId, {
      methodName: 'do it',
      payload: { a: 1 },
      connectTimeoutInSeconds: 10,
    });
    expect(answer.result).toEqual({ status: 200, payload: { from: 'paho' } });
    expect(await run.result).toMatchObject({
      finished: true,
      connack: 0,
      granted: [1, 1, 1],
      methods: [['do%20it', '{"a":1}']],
      twin: { desired: { $version: 1 }, reported: { $version: 1 } },
      patched: '$iothub/twin/res/204/?$rid=patch1&$version=2',
      commands: [[expect.stringMatching(/%24\.mid=c-0.*%24\.to=.*who=me/), 'command 0']],
    });
    await until(async () => (await server.hub.commands.depth({ deviceId: device.deviceId })) === 0);
  });
});

const newKey = () => randomBytes(32).toString('base64');
const enrollments = () =>
  ProvisioningServiceClient.fromConnectionString(server.ready.provisioning.serviceConnectionString);

/** The client's type asks for members that the service fills in. */
type Enrollment = Parameters<ProvisioningServiceClient['createOrUpdateIndividualEnrollment']>[0];

async function enroll(registrationId: string, attestation: object): Promise<void> {
  const enrollment = { registrationId, attestation, provisioningStatus: 'enabled' } as Enrollment;
  await enrollments().createOrUpdateIndividualEnrollment(enrollment);
}

/** From an id scope and a credential to telemetry; the credential is the one that it was enrolled with, at both. */
async function provisioned(registrationId: string, transport: string, credential: object): Promise<void> {
  const { idScope } = server.ready.provisioning;
  const args = { ...hostOf(), idScope, registrationId, transport, ...credential };
  const result = await runPython('paho_provision.py', args, server.caFile).result;
  expect(result).toMatchObject({
    provisioning: {
      finished: true,
      connack: 0,
      granted: [1],
      statuses: expect.arrayContaining([202, 200]),
      topic: expect.stringMatching(/^\$dps\/registrations\/res\/200\/\?\$rid=r\d+/),
      operation: {
        status: 'assigned',
        registrationState: { registrationId, assignedHub: server.address, deviceId: registrationId },
      },
    },
    telemetry: { finished: true, connack: 0 },
  });
}

describe.skipIf(clients['paho.mqtt'] === undefined).each([
  ['MQTT', 'tcp'],
  ['MQTT over WebSocket', 'websockets'],
])(`paho-mqtt ${version('paho.mqtt')} (Python) · %s · symmetric key`, (_name, transport) => {
  it('provisioning: an individual enrolment, then telemetry', async () => {
    const [registrationId, key] = [`py-${randomUUID()}`, newKey()];
    await enroll(registrationId, {
      type: 'symmetricKey',
      symmetricKey: { primaryKey: key, secondaryKey: newKey() },
    });
    await provisioned(registrationId, transport, { key });
  });

  it('provisioning: an enrolment group, then telemetry', async () => {
    const [enrollmentGroupId, registrationId, primaryKey] = [`g-${randomUUID()}`, `py-${randomUUID()}`, newKey()];
    await enrollments().createOrUpdateEnrollmentGroup({
      enrollmentGroupId,
      attestation: { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey: newKey() } },
      provisioningStatus: 'enabled',
    });
    await provisioned(registrationId, transport, { key: deriveDeviceKey(primaryKey, registrationId) });
  });
});

describe.skipIf(clients['paho.mqtt'] === undefined).each([
  ['MQTT', 'tcp'],
  ['MQTT over WebSocket', 'websockets'],
])(`paho-mqtt ${version('paho.mqtt')} (Python) · %s · own certificate`, (_name, transport) => {
  it('provisioning: an individual enrolment, then telemetry', async () => {
    const registrationId = `py-${randomUUID()}`;
    const { certificate, key } = await selfSignedCertificate(registrationId);
    const [certificateFile, keyFile] = ['pem', 'key'].map((end) =>
      join(server.dataDirectory, `${registrationId}.${end}`),
    );
    await writeFile(certificateFile ?? '', certificate);
    await writeFile(keyFile ?? '', key);
    await enroll(registrationId, { type: 'x509', x509: { clientCertificates: { primary: { certificate } } } });
    await provisioned(registrationId, transport, { certificateFile, keyFile });
  });
});

describe.skipIf(clients['azure.eventhub'] === undefined).each([
  ['AMQP', false],
  ['AMQP over WebSocket', true],
])(`azure-eventhub ${version('azure.eventhub')} (Python) · %s · hub policy key`, (_name, webSocket) => {
  it('reads events with all their properties', async () => {
    const device = await server.createDevice();
    await runPython('paho_device.py', { ...deviceOf(device), transport: 'tcp', wait: false }, server.caFile).ready;
    const { partitions, events } = await eventsOf(device.deviceId, 1, webSocket);
    expect(partitions).toEqual(['0', '1', '2', '3']);
    expect(events[0]).toMatchObject({
      body: '{"t":21}',
      properties: { level: 'höch' },
      system: { 'iothub-connection-device-id': device.deviceId, 'iothub-message-source': 'Telemetry' },
    });
  });
});

describe.skipIf(clients.uamqp === undefined).each([
  ['AMQP', false],
  ['AMQP over WebSocket', true],
])(`uamqp ${version('uamqp')} (Python) · %s · symmetric key`, (_name, webSocket) => {
  it('telemetry, a batch, and commands that it abandons and completes', async () => {
    const device = await server.createDevice();
    await sendCommands(device.deviceId, 2);
    const run = runPython('uamqp_device.py', { ...deviceOf(device), webSocket, commands: 3 }, server.caFile);
    const { commands } = (await run.result) as { commands: { id: string; tag: number; deliveryCount: number }[] };
    expect(commands.map(({ id }) => id)).toEqual(['c-0', 'c-0', 'c-1']);
    expect(commands.map(({ tag }) => tag)).toEqual([16, 16, 16]);
    expect(commands.map(({ deliveryCount }) => deliveryCount)).toEqual([0, 1, 0]);
    await until(async () => (await server.hub.commands.depth({ deviceId: device.deviceId })) === 0);
    const { events } = await eventsOf(device.deviceId, 4);
    expect(events.map(({ body }) => body)).toEqual(['{"t":21}', '"b-0"', '"b-1"', '"b-2"']);
    expect(events[0]?.properties).toEqual({ level: 'höch', n: '3' });
  });
});

describe.skipIf(clients.uamqp === undefined)(`uamqp ${version('uamqp')} (Python) · AMQP · hub policy key`, () => {
  it('a back end sends commands', async () => {
    const { deviceId } = await server.createDevice();
    const args = { ...hostOf(), ...policyOf(), device: deviceId, commands: 3 };
    const { results } = (await runPython('uamqp_service.py', args, server.caFile).result) as { results: string[] };
    expect(results).toHaveLength(3);
    const queued = await server.hub.commands.list({ deviceId });
    expect(queued.map(({ system }) => system.messageId)).toEqual(['py-0', 'py-1', 'py-2']);
    expect(queued[0]?.application).toEqual({ who: 'python' });
  });
});

describe.skipIf(clients['azure.storage.blob'] === undefined)(
  `azure-storage-blob ${version('azure.storage.blob')} (Python) · HTTPS · shared access signature of the hub`,
  () => {
    it('uploads whole and by blocks, reads ranges, and gets nowhere with another name', async () => {
      const device = await createDevice(server.hub, { deviceId: `py-${Date.now()}` });
      const { hostName, ports } = server.ready;
      const policy = policyOf();
      const answer = await fetch(
        `https://${hostName}:${ports.https}/devices/${device.deviceId}/files?api-version=2021-04-12`,
        {
          method: 'POST',
          headers: { authorization: await tokenOf(policy), 'content-type': 'application/json' },
          body: JSON.stringify({ blobName: 'folder/räport 1.bin' }),
        },
      );
      expect(answer.status).toBe(200);
      const grant = (await answer.json()) as object;
      const result = (await runPython('blob_client.py', { grant }, server.caFile).result) as Record<string, unknown>;
      expect(result).toMatchObject({ size: 262_144, staged: 'hello blocks', refusal: [403, expect.any(String)] });
      expect(result.sha256).toBe(result.expected);
      expect(result.part).toBe(Buffer.from(Array.from({ length: 24 }, (_, i) => (1_000 + i) % 256)).toString('hex'));
    });
  },
);

async function tokenOf({ policy = '', policyKey = '' }: Record<string, string | undefined>): Promise<string> {
  const { SharedAccessSignature } = (await import('azure-iot-common')).default;
  const expiry = Math.ceil(Date.now() / 1_000) + 600;
  return SharedAccessSignature.create(server.ready.hostName, policy, policyKey, expiry).toString();
}
