import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { formatConnectionString, parseConnectionString } from '@viaduct/contracts';
import { getDevice, getTwin, type JsonObject, patchTwin } from '@viaduct/hub';
import { deriveDeviceKey, type EnrollmentRecord, linkHub, tryLinkedHub } from '@viaduct/provisioning';
import { startTestServer, type TestServer } from '@viaduct/testkit';
import { Client, Message } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enroll, keyOf, newKey, register } from './sdk/provisioning.ts';
import { TRANSPORTS } from './sdk/transports.ts';

/** Two servers, one of which sends devices to the other one, and an allocation webhook over HTTPS. */
let server: TestServer;
let other: TestServer;
let webhook: Webhook;
beforeAll(async () => {
  [server, other] = await Promise.all([startTestServer(), startTestServer()]);
  webhook = await Webhook.start(server);
  const caPem = readFileSync(other.caFile, 'utf8');
  await linkHub(server.provisioning, { connectionString: other.ready.hubConnectionString, caPem });
});
afterAll(async () => {
  await webhook.close();
  await Promise.all([server.stop(), other.stop()]);
});

describe.concurrent('a hub that is linked by its connection string', () => {
  it('takes devices, with the keys and the twin of their enrolment, and they send telemetry there', async () => {
    const group = await keyGroup({ iotHubs: [other.ready.hostName], allocationPolicy: 'static' });
    const key = deriveDeviceKey(group.key, 'pump-1');
    const state = await register(server, 'mqtt', keyOf('pump-1', key));
    expect(state).toMatchObject({
      assignedHub: other.ready.hostName,
      deviceId: 'pump-1',
      substatus: 'initialAssignment',
    });
    const twin = await getTwin(other.hub, { deviceId: 'pump-1' });
    expect([twin.tags, twin.desired.values]).toEqual([{ plant: 'Ulm' }, { interval: 5 }]);
    await expect(getDevice(server.hub, { deviceId: 'pump-1' })).rejects.toMatchObject({ code: 'device.notFound' });
    const parts = { HostName: state.assignedHub, DeviceId: state.deviceId, SharedAccessKey: key };
    const client = Client.fromConnectionString(formatConnectionString(parts), TRANSPORTS.mqtt.make);
    await client.sendEvent(new Message('{}'));
    await client.close();
  });

  it('gives a device up with its twin when it moves, and takes it back', async () => {
    const group = await keyGroup({ iotHubs: [other.ready.hostName], allocationPolicy: 'static' });
    const security = () => keyOf('pump-2', deriveDeviceKey(group.key, 'pump-2'));
    await register(server, 'https', security());
    await patchTwin(other.hub, { deviceId: 'pump-2' }, { tags: { plant: 'Bonn' }, desired: { interval: 9 } });
    for (const [to, from] of [
      [server, other],
      [other, server],
    ] as const) {
      await change(group.enrollment.id, { iotHubs: [to.ready.hostName] });
      const state = await register(server, 'https', security());
      expect(state).toMatchObject({ assignedHub: to.ready.hostName, substatus: 'deviceDataMigrated' });
      const twin = await getTwin(to.hub, { deviceId: 'pump-2' });
      expect([twin.tags, twin.desired.values]).toEqual([{ plant: 'Bonn' }, { interval: 9 }]);
      await expect(getDevice(from.hub, { deviceId: 'pump-2' })).rejects.toMatchObject({ code: 'device.notFound' });
    }
    // Nothing changes: the device stays, as it is.
    expect(await register(server, 'https', security())).toMatchObject({
      ...{ assignedHub: other.ready.hostName, substatus: 'reprovisionedToInitialAssignment' },
    });
  });

  it('is tried in words: what it refuses, whom it is taken for, and that nobody is there', async () => {
    const linked = await server.provisioning.linkedHubs.find(other.ready.hostName);
    expect(linked && (await tryLinkedHub(server.provisioning, linked))).toBeGreaterThan(0);
    const { SharedAccessKeyName = '' } = parseConnectionString(other.ready.hubConnectionString);
    const wrong = (HostName: string, name = SharedAccessKeyName) => ({
      ...linked!,
      etag: `${HostName}${name}`,
      connectionString: formatConnectionString({ HostName, SharedAccessKeyName: name, SharedAccessKey: newKey() }),
    });
    const trial = (hub: NonNullable<typeof linked>) => tryLinkedHub(server.provisioning, hub);
    const { hostName } = other.ready;
    await expect(trial(wrong(hostName))).rejects.toMatchObject({ code: 'linkedHub.refused', message: /answered 401/ });
    await expect(trial(wrong(`${hostName}:1`))).rejects.toMatchObject({
      code: 'linkedHub.unreachable',
      message: /nothing listens/,
    });
    const stranger = { ...wrong(hostName, 'x'), caPem: null };
    const words = { code: 'linkedHub.refused', message: /there is no shared access policy/ };
    await expect(trial(stranger)).rejects.toMatchObject(words);
  });
});

describe('an allocation webhook over HTTPS', () => {
  it('is told who asks and which hubs there are, and its choice counts', async () => {
    const group = await keyGroup({
      allocationPolicy: 'custom',
      customAllocation: webhook.definition('/choose?code=s3'),
    });
    webhook.answer = { iotHubHostname: other.ready.hostName, payload: { welcome: true } };
    const payload = { modelId: 'dtmi:example:Pump;1' };
    const state = await register(server, 'https', keyOf('pump-3', deriveDeviceKey(group.key, 'pump-3')), payload);
    expect(state).toMatchObject({ assignedHub: other.ready.hostName, payload: { welcome: true } });
    expect(webhook.asked).toMatchObject([
      {
        enrollmentGroup: { enrollmentGroupId: group.enrollment.id, attestation: { type: 'symmetricKey' } },
        deviceRuntimeContext: { registrationId: 'pump-3', symmetricKey: {}, payload },
        linkedHubs: expect.arrayContaining([server.ready.hostName, other.ready.hostName]),
      },
    ]);
    expect(webhook.paths).toEqual(['/choose?code=s3']);
  });

  it.concurrent.each([
    ['/unauthorized', 400_209, /answered 401/],
    ['/elsewhere', 400_207, /redirects are not followed/],
    ['/broken', 400_207, /answered 500: out of order/],
    ['/text', 400_207, /no JSON/],
    ['/endless', 400_207, /more than \d+ bytes/],
  ])('that answers as %s does fails the registration, and the device is told why', async (path, errorCode, words) => {
    const group = await keyGroup({ allocationPolicy: 'custom', customAllocation: webhook.definition(path) });
    const id = `pump${path.replace('/', '-')}`;
    const refused = register(server, 'https', keyOf(id, deriveDeviceKey(group.key, id)));
    await expect(refused).rejects.toThrow();
    const [attempt] = await server.provisioning.attempts.list({ registrationId: id, limit: 1 });
    expect(attempt).toMatchObject({ outcome: 'failed', message: expect.stringMatching(words) });
    const record = await server.provisioning.registrations.find(id);
    expect(record).toMatchObject({ status: 'failed', hubName: null });
    expect({ ...(await refused.catch((error: { result?: object }) => error.result)) }).toMatchObject({
      registrationState: { errorCode, errorMessage: expect.stringMatching(words) },
    });
  });
});

async function keyGroup(more: Partial<EnrollmentRecord>) {
  const key = newKey();
  const attestation = { kind: 'symmetricKey', primaryKey: key, secondaryKey: newKey() } as const;
  const initialTwin = { tags: { plant: 'Ulm' }, desired: { interval: 5 } };
  return { key, enrollment: await enroll(server, 'group', attestation, { initialTwin, ...more }) };
}

async function change(id: string, changes: Partial<EnrollmentRecord>): Promise<void> {
  const { enrollments } = server.provisioning;
  const before = await enrollments.find('group', id);
  if (before !== undefined) await enrollments.replace({ ...before, ...changes, etag: `${before.etag}+` }, before.etag);
}

/** With the certificate of the server's address, which the test run trusts. */
class Webhook {
  readonly asked: unknown[] = [];
  readonly paths: string[] = [];
  answer: JsonObject = {};
  readonly #server: HttpsServer;
  readonly #url: string;

  private constructor(https: HttpsServer, url: string) {
    this.#server = https;
    this.#url = url;
  }

  static async start({ address, dataDirectory }: TestServer): Promise<Webhook> {
    const file = (name: string) => readFileSync(join(dataDirectory, 'tls', name));
    const https = createServer({ cert: file('server.pem'), key: file('server-key.pem') }).listen(0, address);
    await once(https, 'listening');
    const one = new Webhook(https, `https://${address}:${(https.address() as AddressInfo).port}`);
    https.on('request', async (request, response) => {
      const { status, headers = {}, body } = await one.#reply(request);
      response.writeHead(status, headers).end(body);
    });
    return one;
  }

  definition(path: string): NonNullable<EnrollmentRecord['customAllocation']> {
    return { webhookUrl: `${this.#url}${path}`, apiVersion: '2021-10-01' };
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #reply(request: IncomingMessage): Promise<{ status: number; headers?: Record<string, string>; body: string }> {
    const chunks = await request.toArray();
    switch (request.url) {
      case '/unauthorized':
        return { status: 401, body: 'no' };
      case '/elsewhere':
        return { status: 307, headers: { location: `${this.#url}/choose` }, body: '' };
      case '/broken':
        return { status: 500, body: 'out of order' };
      case '/text':
        return { status: 200, body: 'hello' };
      case '/endless':
        return { status: 200, body: 'x'.repeat(200_000) };
      default:
        this.paths.push(request.url ?? '');
        this.asked.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
        return { status: 200, body: JSON.stringify(this.answer) };
    }
  }
}
