import { startTestServer, type TestServer } from '@viaduct/testkit';
import { Message } from 'azure-iot-common';
import { Amqp, AmqpWs, Client } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Commands from a back end, with the unmodified service client. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe.each([
  ['azure-iothub · AMQP · shared access policy', Amqp],
  ['azure-iothub · AMQP over WebSocket · shared access policy', AmqpWs],
] as const)('%s', (_suite, transport) => {
  it('queues a command for a device that is away, with its properties and its time of expiry', async () => {
    const { deviceId } = await server.createDevice();
    const client = Client.fromConnectionString(server.ready.hubConnectionString, transport);
    await client.open();
    const command = new Message('{"open":true}');
    command.messageId = 'cmd-7';
    command.contentType = 'application/json';
    command.expiryTimeUtc = Date.now() + 60_000;
    command.properties.add('who', 'me');
    await client.send(deviceId, command);
    await client.close();
    const [queued] = await server.hub.commands.list({ deviceId });
    expect(Buffer.from(queued?.body ?? []).toString()).toBe('{"open":true}');
    expect(queued?.system).toMatchObject({ messageId: 'cmd-7', contentType: 'application/json' });
    expect(queued?.application).toMatchObject({ who: 'me' });
    expect(Math.abs((queued?.expiryTime ?? 0) - command.expiryTimeUtc)).toBeLessThan(1_000);
  });

  it('is told when the device does not exist, and when its queue is full', async () => {
    const { deviceId } = await server.createDevice();
    const client = Client.fromConnectionString(server.ready.hubConnectionString, transport);
    await client.open();
    await expect(client.send('nobody', 'hello')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
    for (let i = 0; i < 50; i++) await client.send(deviceId, `command ${i}`);
    await expect(client.send(deviceId, 'one too many')).rejects.toMatchObject({
      name: 'DeviceMaximumQueueDepthExceededError',
    });
    await client.close();
  });

  it('is refused with a wrong key', async () => {
    const wrong = server.ready.hubConnectionString.replace(
      /SharedAccessKey=.*/,
      `SharedAccessKey=${Buffer.alloc(32).toString('base64')}`,
    );
    const client = Client.fromConnectionString(wrong, transport);
    await expect(client.open()).rejects.toMatchObject({ amqpError: { name: 'UnauthorizedError' } });
  });
});
