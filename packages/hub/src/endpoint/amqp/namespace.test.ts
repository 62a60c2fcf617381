import { EventHubProducerClient } from '@azure/event-hubs';
import { makePeerAuthority, nextLoopbackAddress, sharedPeerAuthority, until } from '@viaduct/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { routedMessage, routedMessages, unhurried } from '../messages-under-test.ts';
import { parseNamespace } from './amqp-configuration.ts';
import { AMQP_ENDPOINT } from './amqp-endpoint.ts';
import { AmqpSocket } from './amqp-socket.ts';
import { CbsLink } from './cbs-link.ts';
import { NamespaceUnderTest } from './namespace-under-test.ts';

let namespace: NamespaceUnderTest;
let ca: string;
beforeEach(async () => {
  const authority = await sharedPeerAuthority();
  ca = authority.ca;
  const address = nextLoopbackAddress();
  namespace = await NamespaceUnderTest.start(address, await authority.certify()(address));
});
afterEach(() => namespace.close());

const open = (change = {}) =>
  AMQP_ENDPOINT.open(
    AMQP_ENDPOINT.read({ kind: 'amqp', connectionString: namespace.connectionString, ca, ...change }),
    unhurried,
  );

describe('the AMQP endpoint, by connection string', () => {
  it('meets a namespace that the official client gets into, and one without a token does not', async () => {
    const { address, port, connectionString } = namespace;
    const official = new EventHubProducerClient(connectionString.replace(`:${port}`, ''), {
      customEndpointAddress: `sb://${address}:${port}`,
    });
    await official.sendBatch([{ body: 'official' }]);
    await official.close();
    expect([namespace.messages.length, namespace.tokens.length]).toEqual([1, 1]);
    const peer = { host: address, port, tls: true, trust: { ca }, sasl: { mechanism: 'ANONYMOUS' } } as const;
    const socket = new AmqpSocket(peer);
    await socket.open();
    socket.connection.open_sender({ target: { address: 'telemetry' } }).on('sender_error', ({ sender }) => {
      socket.end(Object.assign(new Error('x'), { name: String(Object(sender?.error).condition) }) as never);
    });
    const failure = await new Promise<Error>((resolve) => socket.onEnd(resolve));
    expect(failure.name).toBe('amqp:unauthorized-access');
  });

  it('signs in and delivers, with the device as partition key and the user id as a property', async () => {
    const connection = await open();
    const message = routedMessage();
    await connection.deliver([message, ...routedMessages(300)], unhurried);
    await connection.close();
    expect(namespace.messages.length).toBe(301);
    expect(namespace.messages[0]?.message_annotations).toMatchObject({
      'x-opt-partition-key': 'pump-7',
      'iothub-connection-device-id': 'pump-7',
    });
    expect(String(namespace.messages[0]?.user_id)).toBe('somebody');
    const inAnHour = Date.now() / 1_000 + 3_600;
    expect(Math.abs((namespace.tokens[0] ?? 0) - inAnHour)).toBeLessThan(10);
  });

  it('sends nothing that is larger than the peer takes, and says which it was', async () => {
    const connection = await open();
    await connection.deliver([routedMessage({ body: Buffer.alloc(256 * 1_024) })], unhurried);
    const huge = routedMessage({ body: Buffer.alloc(300_000) });
    await expect(connection.deliver([huge], unhurried)).rejects.toMatchObject({
      poison: { partition: 3, offset: huge.offset },
      message: expect.stringMatching(/takes messages of 300000 bytes; this one has 300\d{3}$/),
    });
    await connection.close();
  });

  it('renews its token before it runs out, and ends when that fails', async () => {
    const { host, port, ...rest } = parseNamespace(namespace.connectionString);
    const socket = new AmqpSocket({ host, port, tls: true, trust: { ca }, sasl: { mechanism: 'ANONYMOUS' } });
    await socket.open();
    await new CbsLink(socket, { host, port, ...rest }, 3).authorize(unhurried);
    await until(() => namespace.tokens.length === 2, { what: 'a second token is put' });
    namespace.refuseTokens = true;
    const failure = await new Promise((resolve) => socket.onEnd(resolve));
    expect(failure).toMatchObject({ kind: 'permanent', message: expect.stringContaining('refuses the token: 401') });
  });

  it.each([
    ['a wrong key', { SharedAccessKey: 'YW5vdGhlcg==' }, 'refuses the token: 401 the signature is another'],
    ['no such event hub', { EntityPath: 'telemetry-2' }, 'there is no such queue, topic or exchange (amqp:not-found'],
  ])('says in words: %s', async (_what, change, words) => {
    const parts = Object.entries(change).reduce(
      (text, [name, value]) => text.replace(new RegExp(`${name}=[^;]*`), `${name}=${value}`),
      namespace.connectionString,
    );
    const refused = open({ connectionString: parts });
    await expect(refused).rejects.toMatchObject({ kind: 'permanent', message: expect.stringContaining(words) });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('YW5vdGhlcg') });
  });

  it('trusts nobody but the authority that it was given', async () => {
    const other = await makePeerAuthority();
    await expect(open({ ca: other.ca })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('is not trusted'),
    });
  });

  it.each([
    [{ condition: 'amqp:link:message-size-exceeded' }, 'permanent', true],
    [{ condition: 'amqp:decode-error' }, 'transient', true],
    [{ condition: 'amqp:unauthorized-access' }, 'permanent', false],
    [{ condition: 'com.microsoft:server-busy' }, 'transient', false],
    ['release', 'transient', false],
  ] as const)('takes %j for what it means', async (outcome, kind, isPoison) => {
    const connection = await open();
    namespace.outcome = outcome;
    const message = routedMessage();
    const poison = isPoison ? { partition: 3, offset: message.offset } : undefined;
    const expected = isPoison ? { poison } : { kind, poison };
    await expect(connection.deliver([message], unhurried)).rejects.toMatchObject(expected);
    await connection.close();
  });
});
