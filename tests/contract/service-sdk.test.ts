import {
  abandonCommand,
  beginUpload,
  completeCommand,
  completeUpload,
  lockNextCommand,
  purgeCommands,
  rejectCommand,
} from '@viaduct/hub';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
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

  it('hears what became of its commands: all five outcomes', async () => {
    const device = { deviceId: (await server.createDevice()).deviceId };
    const client = Client.fromConnectionString(server.ready.hubConnectionString, transport);
    await client.open();
    const heard = new Map<string, string>();
    const receiver = await feedbackOf(client);
    receiver.on('message', (batch: Message) => {
      for (const { originalMessageId, statusCode, deviceId } of JSON.parse(String(batch.data))) {
        if (deviceId === device.deviceId) heard.set(originalMessageId, statusCode);
      }
      receiver.complete(batch, () => {});
    });
    const send = async (id: string, expiresInMs = 60_000) => {
      const command = Object.assign(new Message(id), {
        messageId: id,
        ack: 'full',
        expiryTimeUtc: Date.now() + expiresInMs,
      });
      await client.send(device.deviceId, command);
    };
    const next = async () => (await lockNextCommand(server.hub, device))?.lockToken ?? '';
    await send('done');
    await completeCommand(server.hub, device, await next());
    await send('unwanted');
    await rejectCommand(server.hub, device, await next());
    await send('hot potato');
    for (let i = 0; i < 10; i++) await abandonCommand(server.hub, device, await next());
    await send('emptied out');
    await purgeCommands(server.hub, device);
    await send('too late', 50);
    await until(() => heard.size === 5, { what: 'five outcomes', timeoutMs: 20_000 });
    expect(Object.fromEntries(heard)).toEqual({
      done: 'Success',
      unwanted: 'Rejected',
      'hot potato': 'DeliveryCountExceeded',
      'emptied out': 'Purged',
      'too late': 'Expired',
    });
    await client.close();
  });

  it('hears only of the outcomes it asked for', async () => {
    const device = { deviceId: (await server.createDevice()).deviceId };
    const client = Client.fromConnectionString(server.ready.hubConnectionString, transport);
    await client.open();
    const heard: string[] = [];
    const receiver = await feedbackOf(client);
    receiver.on('message', (batch: Message) => {
      for (const { originalMessageId, deviceId } of JSON.parse(String(batch.data))) {
        if (deviceId === device.deviceId) heard.push(originalMessageId);
      }
      receiver.complete(batch, () => {});
    });
    const next = async () => (await lockNextCommand(server.hub, device))?.lockToken ?? '';
    for (const ack of ['none', 'positive', 'negative', 'full']) {
      for (const settle of [completeCommand, rejectCommand]) {
        const id = `${ack} ${settle.name}`;
        await client.send(device.deviceId, Object.assign(new Message('x'), { messageId: id, ack }));
        await settle(server.hub, device, await next());
      }
    }
    const asked = ['positive completeCommand', 'negative rejectCommand', 'full completeCommand', 'full rejectCommand'];
    await until(() => heard.length >= asked.length, { what: 'four outcomes' });
    expect(heard).toEqual(asked);
    await client.close();
  });

  it('hears of files that devices uploaded', async () => {
    const device = { deviceId: (await server.createDevice()).deviceId };
    const client = Client.fromConnectionString(server.ready.hubConnectionString, transport);
    await client.open();
    const receiver = await filesOf(client);
    const told = new Promise<Message>((resolve) => receiver.on('message', resolve));
    const { correlationId, hostName, containerName, blobName, sasToken } = await beginUpload(
      server.hub,
      device,
      'a.txt',
    );
    const put = { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body: '21.5' };
    expect((await fetch(`https://${hostName}/${containerName}/${blobName}${sasToken}`, put)).status).toBe(201);
    await completeUpload(server.hub, device, { correlationId, isSuccess: true, remoteAddress: '::1' });
    const message = await told;
    expect(JSON.parse(String(message.data))).toMatchObject({ ...device, blobName, blobSizeInBytes: 4 });
    await receiver.complete(message);
    await client.close();
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

function feedbackOf(client: Client): Promise<Client.ServiceReceiver> {
  return new Promise((resolve, reject) =>
    client.getFeedbackReceiver((error, receiver) => (receiver === undefined ? reject(error) : resolve(receiver))),
  );
}

function filesOf(client: Client): Promise<Client.ServiceReceiver> {
  return new Promise((resolve, reject) =>
    client.getFileNotificationReceiver((error, receiver) =>
      receiver === undefined ? reject(error) : resolve(receiver),
    ),
  );
}
