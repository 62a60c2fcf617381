import { openCertificates } from '@viaduct/server';
import { nextLoopbackAddress, until } from '@viaduct/testkit';
import { Client, Message } from 'azure-iot-device';
import { Amqp } from 'azure-iot-device-amqp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceTestServer, type KnownDevice, startDeviceTestServer } from './device-test-server.ts';

let server: DeviceTestServer;

beforeAll(async () => {
  server = await startDeviceTestServer(nextLoopbackAddress(), openCertificates);
});

afterAll(() => server.close());

describe('the official client over AMQP', () => {
  it('sends telemetry with all its properties', async () => {
    const device = await server.device('thermostat');
    const client = await opened(device);
    const message = new Message(JSON.stringify({ temperature: 21 }));
    message.messageId = '0f8fad5b-d9cb-469f-a165-70867728950e';
    message.correlationId = 'c-1';
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.properties.add('level', 'high & low');
    await client.sendEvent(message);

    const [record] = await server.telemetryOf(device);
    expect(record).toMatchObject({
      deviceId: 'thermostat',
      properties: {
        system: {
          messageId: '0f8fad5b-d9cb-469f-a165-70867728950e',
          correlationId: 'c-1',
          contentType: 'application/json',
          contentEncoding: 'utf-8',
        },
        application: { level: 'high & low' },
      },
    });
    expect(record?.body.toString()).toBe('{"temperature":21}');
    expect(server.hub.sessions.find(device)).toMatchObject({ transport: 'amqp' });
    await client.close();
    await until(() => server.hub.sessions.find(device) === undefined);
  });
});

async function opened(device: KnownDevice): Promise<Client> {
  const client = Client.fromConnectionString(device.connectionString, Amqp);
  await client.setOptions({ ca: server.ca });
  await client.open();
  return client;
}
