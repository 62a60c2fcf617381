import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { until } from '@viaduct/testkit';
import rhea, { type Connection, type EventContext, type Receiver, type Sender } from 'rhea';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signSas } from '../../core/access/sas-signature.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { AmqpGateway } from './amqp-gateway.ts';

const KEY = Buffer.from('a key of thirty-two bytes, indeed').toString('base64');
const READER = { source: 'events/ConsumerGroups/$Default/Partitions/0', credit_window: 0 };

let hub: TemporaryHub;
let gateway: AmqpGateway;
let server: Server;
const sockets = new Set<Socket>();

beforeAll(async () => {
  hub = await temporaryHub();
  const rights = new Set(['ServiceConnect'] as const);
  await hub.policies.insertMissing([{ name: 'service', primaryKey: KEY, secondaryKey: '', rights }]);
  gateway = new AmqpGateway({ ...hub, clock: { now: () => Date.now() } }, { eventHubName: 'events' });
  server = createServer((socket) => {
    sockets.add(socket);
    gateway.accept(socket, 'amqp', '127.0.0.1');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  await gateway.close();
  await new Promise((resolve) => server.close(resolve));
  await hub.close();
});

describe('a token that runs out', () => {
  it('takes its links with it, unless it was renewed', async () => {
    const connection = connected();
    const cbs = new Cbs(connection);
    expect(await cbs.putToken(tokenFor(1.5))).toBe(200);
    const reader = await opened(connection.open_receiver(READER));
    expect(await cbs.putToken(tokenFor(3))).toBe(200);
    const [{ receiver }] = (await once(reader, 'receiver_error')) as [EventContext];
    // The first token had run out before; only when the renewal did, the link went.
    expect(Date.now()).toBeGreaterThanOrEqual(cbs.expiresAt);
    expect(receiver?.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
    connection.close();
  });

  it('is refused when it has run out already, and says so', async () => {
    const connection = connected();
    const cbs = new Cbs(connection);
    expect(await cbs.putToken(tokenFor(-10))).toBe(401);
    const reader = connection.open_receiver(READER);
    const [{ receiver }] = (await once(reader, 'receiver_error')) as [EventContext];
    expect(receiver?.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
    connection.close();
  });
});

describe('a connection without a token', () => {
  it('may not open many links', async () => {
    const connection = connected();
    const refused = once(connection, 'connection_error');
    for (let i = 0; i < 20; i++) connection.open_receiver(READER).on('receiver_error', () => undefined);
    const [{ error }] = (await refused) as [EventContext];
    expect(error).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('is told when the server stops', async () => {
    const connection = connected();
    await once(connection, 'connection_open');
    const closed = once(connection, 'connection_close');
    await gateway.close();
    await closed;
    expect(connection.error).toMatchObject({ condition: 'amqp:connection:forced' });
    await until(() => [...sockets].every((socket) => socket.destroyed));
  });
});

function tokenFor(seconds: number): string {
  return signSas('myhub.example.net', KEY, Math.floor(Date.now() / 1_000 + seconds), 'service');
}

function connected(): Connection {
  const { port } = server.address() as { port: number };
  const connection = rhea.create_container().connect({ host: '127.0.0.1', port, reconnect: false });
  connection.on('disconnected', () => undefined);
  connection.on('connection_error', () => undefined);
  return connection;
}

async function opened(link: Receiver): Promise<Receiver> {
  await once(link, 'receiver_open');
  return link;
}

/** The two links to `$cbs`. */
class Cbs {
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  expiresAt = 0;

  constructor(connection: Connection) {
    this.#sender = connection.open_sender('$cbs');
    this.#receiver = connection.open_receiver('$cbs');
  }

  /** Resolves with the status code. */
  async putToken(token: string): Promise<number> {
    this.expiresAt = Number(/se=(\d+)/.exec(token)?.[1]) * 1_000;
    const answered = once(this.#receiver, 'message');
    this.#sender.send({
      message_id: 'a request',
      reply_to: 'cbs',
      application_properties: { operation: 'put-token', type: 'jwt', name: 'anything' },
      body: token,
    });
    const [{ message }] = (await answered) as [EventContext];
    expect(message?.correlation_id).toBe('a request');
    return message?.application_properties?.['status-code'] as number;
  }
}
