import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeys } from '@nats-io/transport-node';
import {
  hasNats,
  makePeerAuthority,
  type PeerAuthority,
  RawNats,
  startNats,
  type TestPeer,
  until,
} from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EndpointConnection, RoutedMessage } from '../../core/routing/endpoint.ts';
import { routedMessage, routedMessages, unhurried } from '../messages-under-test.ts';
import { NATS_ENDPOINT } from './nats-endpoint.ts';

async function deliverAndClose(connection: EndpointConnection, messages: readonly RoutedMessage[]): Promise<void> {
  try {
    await connection.deliver(messages, unhurried);
  } finally {
    await connection.close();
  }
}

const open = (peer: TestPeer, change = {}) => {
  const settings = {
    kind: 'nats',
    servers: [`nats://${peer.address}:${peer.port}`],
    subject: 'hub.{source}.{deviceId}',
  };
  return NATS_ENDPOINT.open(NATS_ENDPOINT.read({ ...settings, ...change }), unhurried);
};

async function makeStream(peer: TestPeer, change: object = {}): Promise<void> {
  const client = await connect({ servers: `${peer.address}:${peer.port}` });
  const streams = await jetstreamManager(client);
  await streams.streams.delete('HUB').catch(() => false);
  await streams.streams.add({ name: 'HUB', subjects: ['hub.>'], ...change });
  await client.close();
}

/** What the stream holds, in its order. */
async function stored(peer: TestPeer): Promise<{ deviceId: string; offset: number }[]> {
  const client = await connect({ servers: `${peer.address}:${peer.port}` });
  const streams = await jetstreamManager(client);
  const { state } = await streams.streams.info('HUB');
  const all: { deviceId: string; offset: number }[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await streams.streams.getMessage('HUB', { seq });
    const header = (name: string) => message?.header.get(name) ?? '';
    all.push({ deviceId: header('iothub-connection-device-id'), offset: Number(header('viaduct-offset')) });
  }
  await client.close();
  return all;
}

const identity = ({ deviceId, offset }: RoutedMessage) => ({ deviceId, offset });
const byDevice = (a: { deviceId: string }, b: { deviceId: string }) => a.deviceId.localeCompare(b.deviceId);

describe.skipIf(!hasNats)('the NATS endpoint', () => {
  let peer: TestPeer;
  beforeAll(async () => {
    peer = await startNats();
  });
  afterAll(() => peer.close());

  it.each([true, false])('puts properties and every byte on the wire (JetStream: %s)', async (jetStream) => {
    await makeStream(peer);
    const reader = await RawNats.subscribe(peer.address, peer.port, 'hub.>');
    const message = routedMessage({ body: Buffer.from([0, 255, 13, 10, 128]) });
    await deliverAndClose(await open(peer, { jetStream }), [message]);
    const [heard] = await until(() => reader.messages.length > 0 && reader.messages, { what: 'it is heard' });
    reader.close();
    expect(heard?.subject).toBe('hub.DeviceMessages.pump-7');
    expect(heard?.body).toEqual(message.body);
    expect(heard?.headers).toEqual({
      ...(jetStream ? { 'Nats-Msg-Id': `3:${message.offset}` } : {}),
      'viaduct-partition': '3',
      'viaduct-offset': String(message.offset),
      'message-id': message.system.messageId,
      'correlation-id': 'c-1',
      'user-id': 'somebody',
      'content-type': 'application/json',
      'content-encoding': 'utf-8',
      'iothub-connection-device-id': 'pump-7',
      'iothub-connection-auth-method': message.system.connectionAuthMethod,
      'iothub-connection-auth-generation-id': 'g-1',
      'iothub-enqueuedtime': '2023-11-14T22:13:20.123Z',
      'iothub-message-source': 'Telemetry',
      'dt-dataschema': 'dtmi:viaduct:Pump;1',
      level: 'höch',
      plant: 'north',
    });
  });

  it('lets no device id and no property name mean something to the server', async () => {
    await makeStream(peer);
    await deliverAndClose(await open(peer), [routedMessage()]);
    const reader = await RawNats.subscribe(peer.address, peer.port, 'hub.>');
    const application = { 'Nats-Rollup': 'all', 'a:b c': 'line\r\nNats-Rollup: all', '100%': 'x' };
    await deliverAndClose(await open(peer), [routedMessage({ deviceId: 'a.b*$%', application })]);
    const [heard] = await until(() => reader.messages.length > 0 && reader.messages, { what: 'it is heard' });
    reader.close();
    expect(heard?.subject).toBe('hub.DeviceMessages.a%2Eb%2A%24%25');
    expect(heard?.headers).toMatchObject({
      '%4Eats-Rollup': 'all',
      'a%3Ab%20c': 'line%0D%0ANats-Rollup: all',
      '100%25': 'x',
    });
    // A rollup would have emptied the stream.
    expect((await stored(peer)).length).toBe(2);
  });

  it('keeps the order of each device, and stores nothing twice', async () => {
    await makeStream(peer);
    const messages = routedMessages(300, 7);
    await deliverAndClose(await open(peer), messages);
    await deliverAndClose(await open(peer), messages);
    expect((await stored(peer)).sort(byDevice)).toEqual(messages.map(identity).sort(byDevice));
  });

  it('does not store a later message of a device when an earlier one was refused', async () => {
    await makeStream(peer, { max_msgs: 5, discard: 'new' });
    const messages = [
      ...routedMessages(4, 1),
      ...Array.from({ length: 4 }, () => routedMessage({ deviceId: 'other' })),
    ];
    await expect(deliverAndClose(await open(peer), messages)).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('maximum messages exceeded'),
    });
    const found = await stored(peer);
    for (const deviceId of ['device-0', 'other']) {
      const own = found.filter((one) => one.deviceId === deviceId);
      const said = messages.filter((one) => one.deviceId === deviceId).map(identity);
      expect(own).toEqual(said.slice(0, own.length));
    }
    expect(found.length).toBe(5);
  });

  it('fails when the server is killed; a new connection delivers the whole batch and nothing is lost', async () => {
    await makeStream(peer);
    const connection = await open(peer);
    await connection.deliver(routedMessages(5), unhurried);
    const batch = routedMessages(20_000);
    const delivering = expect(connection.deliver(batch, unhurried)).rejects.toMatchObject({
      name: 'EndpointFailure',
      kind: 'transient',
    });
    await until(async () => (await countStored(peer)) > 100, { what: 'some are stored' });
    await peer.kill();
    await delivering;
    await connection.close();
    await expect(open(peer)).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('nothing listens there'),
    });
    await peer.start();
    await deliverAndClose(await open(peer), batch);
    expect(await countStored(peer)).toBe(20_005);
  });

  it('hears that the connection ended, also without JetStream', async () => {
    const connection = await open(peer, { jetStream: false });
    await peer.kill();
    await expect(deliverAndClose(connection, routedMessages(2))).rejects.toMatchObject({ kind: 'transient' });
    await peer.start();
  });

  it('says in words that no stream listens', async () => {
    await makeStream(peer, { subjects: ['elsewhere'] });
    await expect(deliverAndClose(await open(peer), [routedMessage()])).rejects.toMatchObject({
      kind: 'permanent',
      message: `hub.{source}.{deviceId} at nats://${peer.address}:${peer.port}: no stream listens to the subject`,
    });
  });

  it('names the message that is too large, for the server and for the stream', async () => {
    await makeStream(peer, { max_msg_size: 2_000 });
    const connection = await open(peer);
    const messages = [routedMessage({ deviceId: 'a' }), routedMessage({ deviceId: 'b', body: Buffer.alloc(1_500) })];
    await expect(connection.deliver(messages, unhurried)).rejects.toMatchObject({
      message: expect.stringContaining('larger than the stream takes'),
      poison: { partition: 3, offset: messages[1]?.offset },
    });
    const huge = routedMessage({ body: Buffer.alloc(1_048_576) });
    for (const jetStream of [true, false])
      await expect(deliverAndClose(await open(peer, { jetStream }), [huge])).rejects.toMatchObject({
        message: expect.stringContaining("the server's max_payload"),
        poison: { partition: 3, offset: huge.offset },
      });
    await makeStream(peer);
    await connection.deliver([routedMessage({ body: Buffer.alloc(256 * 1_024) })], unhurried);
    await connection.close();
  });

  it('stops when it is told to', async () => {
    await makeStream(peer);
    const connection = await open(peer);
    const stop = new AbortController();
    const delivering = connection.deliver(routedMessages(5_000, 1), stop.signal);
    stop.abort();
    await expect(delivering).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('was stopped'),
    });
    await connection.close();
    await expect(connection.deliver(routedMessages(1), unhurried)).rejects.toMatchObject({ kind: 'transient' });
  });
});

async function countStored(peer: TestPeer): Promise<number> {
  const client = await connect({ servers: `${peer.address}:${peer.port}` });
  const { state } = await (await jetstreamManager(client)).streams.info('HUB');
  await client.close();
  return state.messages;
}

describe.skipIf(!hasNats)('the NATS endpoint, by TLS and with credentials', () => {
  const nkey = nkeys.createUser();
  const seed = new TextDecoder().decode(nkey.getSeed());
  let authority: PeerAuthority;
  let peer: TestPeer;
  beforeAll(async () => {
    authority = await makePeerAuthority();
    const configuration = `authorization { users = [
      { user: "hub", password: "a-secret", permissions: { publish: ["hub.>", "$JS.>"], subscribe: "_INBOX.>" } }
      { nkey: "${nkey.getPublicKey()}" }
    ] }`;
    peer = await startNats({ certify: authority.certify(), configuration });
  });
  afterAll(() => peer.close());

  const password = { kind: 'password', userName: 'hub', password: 'a-secret' };
  const enter = (change = {}) =>
    open(peer, {
      servers: [`tls://${peer.address}:${peer.port}`],
      ...{ jetStream: false, ca: authority.ca, credentials: password, ...change },
    });

  it.each([
    ['a password', password],
    ['an nkey', { kind: 'nkey', seed }],
  ])('signs in with %s', async (_what, credentials) => {
    await deliverAndClose(await enter({ credentials }), routedMessages(2));
  });

  it.each([
    ['a wrong password', { ...password, password: 'quite-another' }],
    ['none', { kind: 'none' }],
  ])('says that the server refuses %s', async (_what, credentials) => {
    const refused = enter({ credentials });
    await expect(refused).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('refuses the credentials'),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('quite-another') });
  });

  it('says that this user may not publish there', async () => {
    const connection = await enter({ subject: 'elsewhere.{deviceId}' });
    await expect(deliverAndClose(connection, routedMessages(2))).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('this user may not publish to the subject'),
    });
  });

  it('trusts nobody but the authority that it was given, and tries the next server', async () => {
    const other = await makePeerAuthority();
    for (const ca of [other.ca, undefined])
      await expect(enter({ ca })).rejects.toMatchObject({
        kind: 'permanent',
        message: expect.stringContaining('is not trusted'),
      });
    const servers = ['tls://127.0.0.1:1', `tls://${peer.address}:${peer.port}`];
    await deliverAndClose(await enter({ servers }), routedMessages(2));
  });

  it('checks the name of the server', async () => {
    const elsewhere = await startNats({ certify: authority.certify('other.example') });
    onTestFinished(() => elsewhere.close());
    await expect(enter({ servers: [`tls://${elsewhere.address}:${elsewhere.port}`] })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('its certificate was made for another name'),
    });
  });

  it('does not speak in the clear to a server without TLS', async () => {
    const plain = await startNats();
    onTestFinished(() => plain.close());
    await expect(enter({ servers: [`tls://${plain.address}:${plain.port}`] })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('does not offer TLS'),
    });
  });
});
