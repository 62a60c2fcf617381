import { createHmac, randomBytes } from 'node:crypto';
import { formatSas, sasSignedText } from '@viaduct/contracts';
import { RawMqtt, startTestServer, type TestDevice, type TestServer } from '@viaduct/testkit';
import { Client, Message } from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Neighbour } from './attacker.ts';

/** Credentials that are not what they seem, and devices that speak for others, by the unmodified client on every transport. */
let server: TestServer;
let neighbour: Neighbour;
let victim: TestDevice;
beforeAll(async () => {
  server = await startTestServer();
  neighbour = await Neighbour.connect(server);
  victim = await server.createDevice();
});
afterEach(() => neighbour.expectUnaffected());
afterAll(async () => {
  neighbour.close();
  await server.stop();
});

const TRANSPORTS = { mqtt: Mqtt, 'mqtt-ws': MqttWs, amqp: Amqp, 'amqp-ws': AmqpWs, https: Http } as const;
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

function token(resource: string, key: string, expiresAt: number, policy?: string): string {
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(sasSignedText(resource, expiresAt));
  return formatSas(resource, signature.digest('base64'), expiresAt, policy);
}

interface Forgery {
  readonly what: string;
  readonly code: string;
  make(attacker: TestDevice): string;
}

const own = ({ deviceId }: TestDevice) => `${server.ready.hostName}/devices/${deviceId}`;
const FORGERIES: readonly Forgery[] = [
  {
    what: 'signed with another key',
    code: 'credential.signatureMismatch',
    make: (device) => token(own(device), randomBytes(32).toString('base64'), inSeconds(600)),
  },
  {
    what: "signed with another device's key",
    code: 'credential.signatureMismatch',
    make: (device) => token(own(device), victim.primaryKey, inSeconds(600)),
  },
  {
    what: 'that has run out',
    code: 'credential.expired',
    make: (device) => token(own(device), device.primaryKey, inSeconds(-60)),
  },
  {
    what: 'whose time was prolonged after it was signed',
    code: 'credential.signatureMismatch',
    make: (device) => token(own(device), device.primaryKey, inSeconds(600)).replace(/se=\d+/, `se=${inSeconds(900)}`),
  },
  {
    what: 'for another hub',
    code: 'credential.wrongResource',
    make: (device) => token(`other.example.net/devices/${device.deviceId}`, device.primaryKey, inSeconds(600)),
  },
  {
    what: 'of a policy that does not exist',
    code: 'credential.unknownPolicy',
    make: (device) => token(server.ready.hostName, device.primaryKey, inSeconds(600), 'nobody'),
  },
  {
    what: 'of a policy, signed with the key of the device',
    code: 'credential.signatureMismatch',
    make: (device) => token(server.ready.hostName, device.primaryKey, inSeconds(600), 'iothubowner'),
  },
];

describe.each(Object.entries(TRANSPORTS))('forged shared access signatures over %s', (transport, protocol) => {
  it.each(FORGERIES)('refuses one $what, and tells the operator why', async ({ code, make }) => {
    const device = await server.createDevice();
    const sas = make(device);
    // The client takes the device's name from the resource; forged ones do not all have it there.
    const honest = token(own(device), device.primaryKey, inSeconds(600));
    const client = Client.fromSharedAccessSignature(honest, protocol);
    client.setRetryPolicy({ shouldRetry: () => false, nextRetryTimeout: () => 0 });
    const authentication = (
      client as unknown as {
        _transport: {
          _authenticationProvider: {
            _credentials?: object;
            getDeviceCredentials(done: (error: unknown, credentials: object) => void): void;
          };
        };
      }
    )._transport._authenticationProvider;
    const credentials = await new Promise<object>((resolve, reject) =>
      authentication.getDeviceCredentials((error, found) => (error ? reject(error) : resolve(found))),
    );
    Object.assign(credentials, { sharedAccessSignature: sas });
    await expect(sendOnce(client)).rejects.toMatchObject({
      name: expect.stringMatching(/Unauthorized|DeviceNotFound/),
    });
    // On AMQP a token that names only the hub is judged before anybody knows which device shows it.
    const isAnonymous = transport.startsWith('amqp') && !sas.includes('%2Fdevices%2F');
    const refusals = await server.hub.refusals.list(isAnonymous ? null : device.deviceId);
    expect(refusals.map((refusal) => refusal.code)).toContain(code);
    await client.close().catch(() => undefined);
  });
});

async function sendOnce(client: Client): Promise<void> {
  await client.open();
  await client.sendEvent(new Message('forged'));
}

describe('a device that speaks for another', () => {
  it('is thrown out when it publishes telemetry of the other over MQTT', async () => {
    const device = await server.createDevice();
    const mqtt = await RawMqtt.open(server.ready);
    expect(await mqtt.connectAs(device, server.ready.hostName)).toBe(0);
    mqtt.publish(`devices/${victim.deviceId}/messages/events/`, 'not mine', 1);
    await mqtt.untilClosed();
    expect((await server.hub.refusals.list(device.deviceId)).map(({ code }) => code)).toEqual(['topic.forbidden']);
  });

  it('may not listen to the commands of the other', async () => {
    const device = await server.createDevice();
    const mqtt = await RawMqtt.open(server.ready);
    expect(await mqtt.connectAs(device, server.ready.hostName)).toBe(0);
    mqtt.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: `devices/${victim.deviceId}/messages/devicebound/#`, qos: 1 }],
    });
    expect((await mqtt.next('suback')).granted).toEqual([0x80]);
    mqtt.close();
  });

  it.each([
    ['POST', 'messages/events'],
    ['GET', 'messages/devicebound'],
    ['POST', 'files'],
  ])('is refused %s …/%s of the other over HTTPS', async (method, path) => {
    const device = await server.createDevice();
    const { hostName, ports } = server.ready;
    const answer = await fetch(
      `https://${hostName}:${ports.https}/devices/${victim.deviceId}/${path}?api-version=2021-04-12`,
      {
        method,
        headers: { authorization: token(own(device), device.primaryKey, inSeconds(600)) },
        ...(method === 'POST' ? { body: '{"blobName":"x"}' } : {}),
      },
    );
    expect(answer.status).toBe(401);
  });
});
