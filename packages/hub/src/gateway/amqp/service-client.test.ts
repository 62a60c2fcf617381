import { once } from 'node:events';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openCertificates } from '@viaduct/server';
import { nextLoopbackAddress } from '@viaduct/testkit';
import iotCommon from 'azure-iot-common';
import iotHub from 'azure-iothub';
import rhea, { type Connection, type EventContext } from 'rhea';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeCommand, lockNextCommand, rejectCommand } from '../../core/command/deliver-command.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { type AmqpTestServer, startAmqpTestServer } from './amqp-test-server.ts';

const pump = { deviceId: 'pump' };

let temporary: TemporaryHub;
let server: AmqpTestServer;
let address: string;
let client: iotHub.Client;

beforeAll(async () => {
  temporary = await temporaryHub();
  address = nextLoopbackAddress();
  const hub = { ...temporary, hostNames: [address], clock: { now: () => Date.now() } };
  const tls = join(temporary.directory, 'tls');
  await mkdir(tls);
  for (const file of ['ca.pem', 'ca-key.pem']) {
    await cp(join(process.env.VIADUCT_TEST_CA_DIR ?? '', file), join(tls, file));
  }
  const certificate = await openCertificates(tls, [address], Date.now());
  server = await startAmqpTestServer({ hub, address, certificate });
  await createDevice(hub, pump, {});
  client = iotHub.Client.fromConnectionString(server.hubConnectionString);
  await client.open();
});

afterAll(async () => {
  await client.close();
  await server.close();
  await temporary.close();
});

describe('a service client over AMQP', () => {
  it('queues a command with all it says, and only then hears that it was accepted', async () => {
    const message = new iotCommon.Message(Buffer.from('open the valve'));
    message.messageId = 'm-1';
    message.correlationId = 'c-1';
    message.contentType = 'application/json';
    message.ack = 'full';
    message.properties.add('urgent', 'yes');
    await client.send('pump', message);

    const command = await lockNextCommand(server.hub, pump);
    expect(command).toMatchObject({
      ack: 'full',
      system: { messageId: 'm-1', correlationId: 'c-1', contentType: 'application/json' },
      application: { urgent: 'yes' },
    });
    expect(Buffer.from(command?.body ?? []).toString()).toBe('open the valve');
    await completeCommand(server.hub, pump, command?.lockToken ?? '');
  });

  it('hears what became of it, and again when it gives the news back', async () => {
    // The official client accepts by itself whatever the program says, so this one is on rhea.
    await onConnection(async (connection) => {
      const receiver = connection.open_receiver({ source: '/messages/serviceBound/feedback', autoaccept: false });
      const outcomes: string[] = [];
      const tags: number[] = [];
      await new Promise<void>((resolve) => {
        receiver.on('message', ({ message: batch, delivery }: EventContext) => {
          outcomes.push((JSON.parse(batch?.body.content.toString()) as { statusCode: string }[])[0]?.statusCode ?? '');
          tags.push(Buffer.byteLength(delivery?.tag ?? ''));
          if (outcomes.length < 2) return delivery?.release();
          delivery?.accept();
          resolve();
        });
      });
      expect(outcomes).toEqual(['Success', 'Success']);
      expect(tags).toEqual([16, 16]);
    });
  });

  it('hears of commands that the device rejected', async () => {
    const message = new iotCommon.Message('no');
    message.messageId = 'm-2';
    message.ack = 'negative';
    await client.send('pump', message);
    const receiver = await feedbackReceiver();
    const news = once(receiver, 'message');
    const command = await lockNextCommand(server.hub, pump);
    await rejectCommand(server.hub, pump, command?.lockToken ?? '');
    const [batch] = (await news) as [iotCommon.Message];
    expect(JSON.parse(batch.data.toString())).toMatchObject([
      { originalMessageId: 'm-2', deviceId: 'pump', statusCode: 'Rejected' },
    ]);
    await receiver.complete(batch);
  });

  it('is refused commands for devices that do not exist', async () => {
    await expect(client.send('nobody', new iotCommon.Message('x'))).rejects.toMatchObject({
      name: 'DeviceNotFoundError',
    });
  });

  it('may wait for file notifications', async () => {
    expect(await client.getFileNotificationReceiver()).toBeDefined();
  });

  it('is not let in with a wrong key', async () => {
    const stranger = iotHub.Client.fromConnectionString(`${server.hubConnectionString.slice(0, -8)}AAAAAAA=`);
    await expect(stranger.open()).rejects.toMatchObject({ amqpError: { name: 'UnauthorizedError' } });
    expect(server.refusals.at(-1)).toMatchObject({ code: 'credential.signatureMismatch', transport: 'amqp' });
  });

  it('that looks for events under the name of the hub is sent to the event hub', async () => {
    const error = await refusalOf(`amqps://${address}/messages/events/$management`);
    expect(error).toMatchObject({
      condition: 'amqp:link:redirect',
      info: { hostname: address, address: `amqps://${address}:5671/test-hub/$management` },
    });
  });

  it('may not speak for a device', async () => {
    const error = await refusalOf('/devices/pump/messages/devicebound');
    expect(error).toMatchObject({ condition: 'amqp:unauthorized-access' });
    expect(server.refusals.at(-1)).toMatchObject({ code: 'credential.insufficientRights', deviceId: 'pump' });
  });

  it('had no fault of its own in all this', () => {
    expect(server.faults).toEqual([]);
  });
});

function feedbackReceiver(): Promise<iotHub.Client.ServiceReceiver> {
  return new Promise((resolve, reject) =>
    client.getFeedbackReceiver((error, receiver) => (receiver === undefined ? reject(error) : resolve(receiver))),
  );
}

/** With SASL PLAIN and the policy's key as password, as older tools come. */
async function onConnection<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
  const password = /SharedAccessKey=([^;]+)$/.exec(server.hubConnectionString)?.[1] ?? '';
  const connection = rhea.create_container().connect({
    transport: 'tls',
    host: address,
    port: 5671,
    username: `service@root.${address}`,
    password,
    reconnect: false,
  });
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}

/** Attaches a receiver that is refused, and resolves with the reason. */
function refusalOf(source: string): Promise<unknown> {
  return onConnection(async (connection) => {
    const receiver = connection.open_receiver({ source, autoaccept: false });
    const [context] = (await once(receiver, 'receiver_error')) as [EventContext];
    return context.receiver?.error;
  });
}
