import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import rhea, { type Connection, type ConnectionOptions, type EventContext, type Sender } from 'rhea';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { AmqpGateway } from './amqp-gateway.ts';
import type { AmqpGuest, GuestPeer } from './amqp-guest.ts';

const ADDRESS = '127.61.7.2';
let hub: TemporaryHub;
let gateway: AmqpGateway;
let server: Server;
let connection: Connection;
let key: string;
let seen: string[];

/** Takes whoever names an inn, and tells what it heard. */
const INN: AmqpGuest = {
  exchanges: ['KNOCK'],
  isMeant: (name) => name.startsWith('inn/'),
  serve: (served, { transport, remoteAddress }): GuestPeer => {
    seen.push(`serve ${transport} ${remoteAddress}`);
    return {
      authenticatePlain: async (userName, password) => {
        seen.push(`user ${userName}`);
        return password === 'right';
      },
      beginExchange: (mechanism) => ({
        step: async () => {
          seen.push(`mechanism ${mechanism}`);
          return { kind: 'allowed' };
        },
      }),
      attached: (request) => {
        seen.push(`link ${request.address}`);
        request.acceptIncoming({
          message: (delivery) =>
            delivery.reject({ condition: 'inn:full', description: 'no room', info: { 'retry-after': 7 } }),
          ended: () => undefined,
        });
      },
      ended: () => seen.push('ended'),
      close: ({ code }) => {
        seen.push(`close ${code}`);
        served.close({ condition: 'inn:closing', description: 'it is late' });
      },
    };
  },
};

beforeEach(async () => {
  hub = await temporaryHub();
  seen = [];
  const device = await createDevice(hub, { deviceId: 'd1' });
  key = device.authentication.symmetricKey.primaryKey ?? '';
  gateway = new AmqpGateway(hub, { eventHubName: 'events', guests: [INN] });
  server = createServer((socket) => gateway.accept(socket, 'amqp', '127.0.0.1'));
  server.listen(0, ADDRESS);
  await once(server, 'listening');
});

afterEach(async () => {
  connection.close();
  await gateway.close();
  await new Promise((resolve) => server.close(resolve));
  await hub.close();
});

function connected(options: object = {}): Connection {
  const { port } = server.address() as { port: number };
  connection = rhea
    .create_container()
    .connect({ host: ADDRESS, port, reconnect: false, ...options } as ConnectionOptions);
  for (const event of ['disconnected', 'connection_error', 'sender_error']) connection.on(event, () => undefined);
  return connection;
}

async function sendable(target: string): Promise<Sender> {
  const sender = connection.open_sender(target);
  await once(sender, 'sendable');
  return sender;
}

describe('the door of the gateway', () => {
  it.each([
    ['by the user name', { username: 'inn/room', password: 'right' }, 'user inn/room'],
    [
      'by the mechanism',
      { sasl_mechanisms: { KNOCK: { start: (say: (e: undefined, r: string) => void) => say(undefined, 'knock') } } },
      'mechanism KNOCK',
    ],
  ])('gives a connection to the guest that its peer names %s, with every link', async (_, options, heard) => {
    connected(options);
    await sendable('devices/d1/messages/events');
    expect(seen).toEqual(['serve amqp 127.0.0.1', heard, 'link devices/d1/messages/events']);
  });

  it('gives it to the guest that is named by the first link, and passes its refusals on with their info', async () => {
    connected();
    const sender = await sendable('inn/room');
    sender.send({ body: 'good evening' });
    const [{ delivery }] = (await once(sender, 'rejected')) as [EventContext];
    expect(delivery?.remote_state).toMatchObject({
      error: { condition: 'inn:full', description: 'no room', info: { 'retry-after': 7 } },
    });
    expect(seen).toEqual(['serve amqp 127.0.0.1', 'link inn/room']);
  });

  it('keeps one that is the hub’s: a guest is not known there', async () => {
    connected({ username: 'd1@sas.myhub', password: key });
    await sendable('devices/d1/messages/events');
    const refused = connection.open_sender('inn/room');
    await once(refused, 'sender_close');
    expect(refused.error).toMatchObject({ condition: 'amqp:not-found' });
    expect(seen).toEqual([]);
  });

  it('asks its guests to close when the gateway does', async () => {
    connected();
    await sendable('inn/room');
    expect(gateway.stats).toMatchObject({ connections: 1, links: 1 });
    const left = once(connection, 'connection_close');
    await gateway.close();
    await left;
    expect(connection.error).toMatchObject({ condition: 'inn:closing' });
    expect(seen.slice(2)).toEqual(['close server.draining', 'ended']);
  });
});
