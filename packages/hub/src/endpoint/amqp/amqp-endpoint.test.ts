import {
  hasRabbitMq,
  makePeerAuthority,
  type PeerAuthority,
  readAmqpQueue,
  startRabbitMq,
  type TestPeer,
} from '@viaduct/testkit';
import type { Message } from 'rhea';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EndpointConnection, RoutedMessage } from '../../core/routing/endpoint.ts';
import { routedMessage, routedMessages, unhurried } from '../messages-under-test.ts';
import { AMQP_ENDPOINT } from './amqp-endpoint.ts';

async function deliverAndClose(connection: EndpointConnection, messages: readonly RoutedMessage[]): Promise<void> {
  try {
    await connection.deliver(messages, unhurried);
  } finally {
    await connection.close();
  }
}

const offsetOf = ({ message_annotations: annotations }: Message) => Number(annotations?.['x-opt-viaduct-offset']);

describe.skipIf(!hasRabbitMq)('the AMQP endpoint, to RabbitMQ', () => {
  let authority: PeerAuthority;
  let peer: TestPeer;
  beforeAll(async () => {
    authority = await makePeerAuthority();
    peer = await startRabbitMq({
      certify: authority.certify(),
      user: 'hub',
      password: 'a-secret',
      queues: {
        ...Object.fromEntries(['whole', 'order', 'killed', 'large', 'tls'].map((name) => [name, {}])),
        full: { 'x-max-length': 2, 'x-overflow': 'reject-publish' },
      },
    });
  });
  afterAll(() => peer.close());

  const open = (queue: string, change = {}) => {
    const url = `amqp://hub:a-secret@${peer.address}:${peer.port}`;
    return AMQP_ENDPOINT.open(
      AMQP_ENDPOINT.read({ kind: 'amqp', url, address: `/amq/queue/${queue}`, ...change }),
      unhurried,
    );
  };
  const read = (queue: string, count: number) =>
    readAmqpQueue(peer, { username: 'hub', password: 'a-secret' }, `/amq/queue/${queue}`, count);

  it('delivers the sections that an Event Hubs reader sees, and every byte of the body', async () => {
    const message = routedMessage({ body: Buffer.from([0, 255, 13, 10, 128]) });
    await deliverAndClose(await open('whole'), [message]);
    const [found] = await read('whole', 1);
    expect(found).toMatchObject({
      durable: true,
      message_id: message.system.messageId,
      correlation_id: 'c-1',
      content_type: 'application/json',
      content_encoding: 'utf-8',
      application_properties: { level: 'höch', plant: 'north' },
    });
    // RabbitMQ ends the connection of who says another user id than its own.
    expect(found?.user_id).toBeUndefined();
    expect(found?.body).toMatchObject({ typecode: 0x75, content: message.body });
    expect(found?.message_annotations).toMatchObject({
      'x-opt-viaduct-partition': 3,
      'x-opt-viaduct-offset': message.offset,
      'x-opt-viaduct-user-id': 'somebody',
      'iothub-connection-device-id': 'pump-7',
      'iothub-connection-auth-method': message.system.connectionAuthMethod,
      'iothub-connection-auth-generation-id': 'g-1',
      'iothub-message-source': 'Telemetry',
      'dt-dataschema': 'dtmi:viaduct:Pump;1',
    });
    expect(Number(found?.message_annotations?.['iothub-enqueuedtime'])).toBe(message.enqueuedTime);
  });

  it('keeps order', async () => {
    const messages = routedMessages(2_000, 7);
    await deliverAndClose(await open('order'), messages);
    expect((await read('order', 2_000)).map(offsetOf)).toEqual(messages.map(({ offset }) => offset));
  });

  it('delivers 256 KiB', async () => {
    const message = routedMessage({ body: Buffer.alloc(256 * 1_024, 'x') });
    await deliverAndClose(await open('large'), [message]);
    expect((await read('large', 1))[0]?.body).toMatchObject({ content: message.body });
  });

  it('calls it a failure that may pass when a full queue refuses', async () => {
    // This version of RabbitMQ ends the connection instead of rejecting the message.
    await expect(deliverAndClose(await open('full'), routedMessages(5))).rejects.toMatchObject({
      kind: 'transient',
      poison: undefined,
    });
  });

  it('says in words that there is no such queue', async () => {
    await expect(open('nothing')).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('there is no such queue, topic or exchange (amqp:not-found'),
    });
  });

  it('says in words that the broker refuses the password, and does not say which it was', async () => {
    const refused = open('whole', { password: 'quite-another' });
    await expect(refused).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('refuses the user name'),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('quite-another') });
  });

  it('speaks TLS, trusts nobody but the authority that it was given, and checks the name', async () => {
    const other = await makePeerAuthority();
    const url = `amqps://hub:a-secret@${peer.address}:${peer.tlsPort}`;
    await deliverAndClose(await open('tls', { url, ca: authority.ca }), routedMessages(2));
    expect((await read('tls', 2)).length).toBe(2);
    for (const ca of [other.ca, undefined])
      await expect(open('tls', { url, ca })).rejects.toMatchObject({
        kind: 'permanent',
        message: expect.stringContaining('is not trusted'),
      });
    const byName = `amqps://hub:a-secret@localhost:${peer.tlsPort}`;
    await expect(open('tls', { url: byName, ca: authority.ca })).rejects.toMatchObject({ name: 'EndpointFailure' });
  });

  it('fails when the broker is killed; a new connection delivers the whole batch and nothing is lost', async () => {
    const connection = await open('killed');
    const batch = routedMessages(20_000);
    const delivering = expect(deliverAndClose(connection, batch)).rejects.toMatchObject({
      name: 'EndpointFailure',
      kind: 'transient',
    });
    const before = await read('killed', 50);
    await peer.kill();
    await delivering;
    await expect(open('killed')).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('nothing listens there'),
    });
    await peer.start();
    const again = batch.slice(0, 500);
    await deliverAndClose(await open('killed'), again);
    const found = new Set(before.map(offsetOf));
    // What was taken before the crash comes first; the batch comes after it, whole.
    while (!found.has(again.at(-1)?.offset as number))
      for (const message of await read('killed', 1)) found.add(offsetOf(message));
    expect(again.filter(({ offset }) => !found.has(offset))).toEqual([]);
  }, 90_000);

  it('stops when it is told to, and lets go at once', async () => {
    const connection = await open('order');
    const stop = new AbortController();
    const delivering = connection.deliver(routedMessages(5_000), stop.signal);
    stop.abort();
    await expect(delivering).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('was stopped'),
    });
    await connection.close();
    await expect(connection.deliver(routedMessages(1), unhurried)).rejects.toMatchObject({
      message: expect.stringContaining('was closed'),
    });
  });
});
