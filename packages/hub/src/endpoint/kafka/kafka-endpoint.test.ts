import { hasKafka, KafkaPeer, type KafkaRecord, makePeerAuthority, type PeerAuthority } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EndpointConnection, RoutedMessage } from '../../core/routing/endpoint.ts';
import { routedMessage, routedMessages, unhurried } from '../messages-under-test.ts';
import { KAFKA_ENDPOINT } from './kafka-endpoint.ts';

/** Numbers of the protocol: a kind of request, and what a broker answers. */
const PRODUCE = 0;
const [UNKNOWN_TOPIC, TOO_LARGE, NOT_ENOUGH_REPLICAS, NOT_ALLOWED] = [3, 10, 19, 29];

let turn = 0;
let peer: KafkaPeer;
let topic: string;
const open = (change = {}) =>
  KAFKA_ENDPOINT.open(KAFKA_ENDPOINT.read({ kind: 'kafka', brokers: [peer.broker], topic, ...change }), unhurried);

/** Delivers with a connection of its own. */
async function deliver(messages: readonly RoutedMessage[]): Promise<void> {
  const connection = await open();
  await deliverAndClose(connection, messages);
}

async function deliverAndClose(connection: EndpointConnection, messages: readonly RoutedMessage[]): Promise<void> {
  try {
    await connection.deliver(messages, unhurried);
  } finally {
    await connection.close();
  }
}

const offsets = (records: readonly KafkaRecord[], key: string) =>
  records.filter((record) => record.key === key).map(({ headers }) => Number(new Map(headers).get('viaduct-offset')));
const offsetsOf = (messages: readonly RoutedMessage[], deviceId: string) =>
  messages.filter((message) => message.deviceId === deviceId).map(({ offset }) => offset);

describe.skipIf(!hasKafka)('the Kafka endpoint, to librdkafka', () => {
  beforeAll(async () => {
    peer = await KafkaPeer.start();
  });
  afterAll(() => peer.close());

  async function newTopic(partitions = 3): Promise<void> {
    turn += 1;
    topic = `telemetry-${turn}`;
    await peer.createTopic(topic, partitions);
  }

  it('delivers key, time, properties and every byte of the body', async () => {
    await newTopic();
    const message = routedMessage({ body: Buffer.from([0, 255, 10, 13, 128]) });
    await deliver([message]);
    const [record] = await peer.read(topic);
    expect(record).toMatchObject({ key: 'pump-7', timestamp: message.enqueuedTime, body: message.body });
    expect(Object.fromEntries(record?.headers ?? [])).toEqual({
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

  it('keeps a device in one partition and in order', async () => {
    await newTopic();
    const messages = routedMessages(300, 7);
    await deliver(messages);
    const records = await peer.read(topic);
    for (let n = 0; n < 7; n++) {
      const own = records.filter(({ key }) => key === `device-${n}`);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
      expect(offsets(records, `device-${n}`)).toEqual(offsetsOf(messages, `device-${n}`));
    }
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(3);
  });

  it('chooses the partition that librdkafka and Java choose', async () => {
    await newTopic(16);
    // murmur2 of the key, without its sign, by the number of partitions.
    await deliver([routedMessage({ deviceId: '21' })]);
    expect((await peer.read(topic))[0]?.partition).toBe((-973_932_308 & 0x7f_ff_ff_ff) % 16);
  });

  it('splits what is larger than one request, and keeps order', async () => {
    await newTopic(1);
    const messages = Array.from({ length: 9 }, () => routedMessage({ body: Buffer.alloc(256 * 1_024, 'x') }));
    await deliver(messages);
    const records = await peer.read(topic);
    expect(offsets(records, 'pump-7')).toEqual(offsetsOf(messages, 'pump-7'));
    expect(records.every(({ body }) => body.equals(messages[0]?.body as Buffer))).toBe(true);
  });

  it('finds the one message that is too large, and says which', async () => {
    await newTopic(1);
    const messages = routedMessages(4, 1);
    // The batch, its first half, the second half's first message: refused. What is not named here is taken.
    await peer.failNext(PRODUCE, [TOO_LARGE, 0, TOO_LARGE, TOO_LARGE]);
    await expect(deliver(messages)).rejects.toMatchObject({
      message: expect.stringMatching(/^telemetry-\d+ at [\d.:]+ refuses it \(MESSAGE_TOO_LARGE/),
      poison: { partition: 3, offset: messages[2]?.offset },
    });
    expect(offsets(await peer.read(topic), 'device-0')).toEqual(messages.slice(0, 2).map(({ offset }) => offset));
  });

  it('repeats a request that failed for a moment, in order', async () => {
    await newTopic(1);
    const messages = routedMessages(20, 2);
    await peer.failNext(PRODUCE, [NOT_ENOUGH_REPLICAS]);
    await deliver(messages);
    const records = await peer.read(topic);
    expect(records.map(({ key }) => key)).toEqual(messages.map(({ deviceId }) => deviceId));
    expect(offsets(records, 'device-1')).toEqual(offsetsOf(messages, 'device-1'));
  });

  it('fails while the broker is down; a new connection delivers the whole batch', async () => {
    await newTopic();
    const connection = await open();
    await connection.deliver(routedMessages(3), unhurried);
    await peer.goDown();
    const batch = routedMessages(6);
    await expect(deliverAndClose(connection, batch)).rejects.toMatchObject({
      name: 'EndpointFailure',
      kind: 'transient',
    });
    await expect(open()).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('nothing listens there'),
    });
    await peer.comeUp();
    await deliver(batch);
    expect((await peer.read(topic)).length).toBe(9);
  });

  it('connects again by itself when the broker hung up in between, as it does after ten idle minutes', async () => {
    await newTopic();
    const connection = await open();
    await connection.deliver(routedMessages(3), unhurried);
    await peer.goDown();
    await peer.comeUp();
    await deliverAndClose(connection, routedMessages(3));
    expect((await peer.read(topic)).length).toBe(6);
  });

  it.each([
    ['there is no such topic', UNKNOWN_TOPIC],
    ['this user may not write to the topic', NOT_ALLOWED],
  ])('says in words: %s', async (words, code) => {
    await newTopic();
    await peer.setTopicError(topic, code);
    const where = `${topic} at ${peer.broker}`;
    await expect(open()).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining(`${where}: ${words}`),
    });
  });

  it('stops when it is told to, and lets go at once', async () => {
    await newTopic();
    const connection = await open();
    const stop = new AbortController();
    stop.abort();
    await expect(connection.deliver(routedMessages(1), stop.signal)).rejects.toMatchObject({ message: /was stopped/ });
    await connection.close();
    await expect(connection.deliver(routedMessages(1), unhurried)).rejects.toMatchObject({ kind: 'transient' });
  });
});

describe.skipIf(!hasKafka)('the Kafka endpoint, by TLS and with a password', () => {
  const user = { name: 'hub', password: 'a secret, with = and ,' };
  let authority: PeerAuthority;
  let guarded: KafkaPeer;
  beforeAll(async () => {
    authority = await makePeerAuthority();
    guarded = await KafkaPeer.start({ certify: authority.certify(), user });
    await guarded.createTopic('guarded', 1);
  });
  afterAll(() => guarded.close());

  const enter = (change = {}) => {
    const sasl = { mechanism: 'PLAIN', userName: user.name, password: user.password };
    const settings = { kind: 'kafka', brokers: [guarded.broker], topic: 'guarded', tls: true, ca: authority.ca, sasl };
    return KAFKA_ENDPOINT.open(KAFKA_ENDPOINT.read({ ...settings, ...change }), unhurried);
  };
  const sasl = (change: object) => ({
    sasl: { mechanism: 'PLAIN', userName: user.name, password: user.password, ...change },
  });

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])('signs in with %s', async (mechanism) => {
    const before = (await guarded.read('guarded')).length;
    await deliverAndClose(await enter(sasl({ mechanism })), routedMessages(2));
    expect((await guarded.read('guarded')).length).toBe(before + 2);
  });

  it.each(['PLAIN', 'SCRAM-SHA-256'])('says that the password is wrong: %s', async (mechanism) => {
    const refused = enter(sasl({ mechanism, password: 'quite another' }));
    await expect(refused).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('refuses the user name or the password'),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('quite another') });
  });

  it('trusts nobody but the authority that it was given', async () => {
    const other = await makePeerAuthority();
    for (const ca of [other.ca, undefined])
      await expect(enter({ ca })).rejects.toMatchObject({
        kind: 'permanent',
        message: expect.stringContaining('is not trusted'),
      });
  });

  it('checks the name of the server', async () => {
    const elsewhere = await KafkaPeer.start({ certify: authority.certify('other.example') });
    onTestFinished(() => elsewhere.close());
    await expect(enter({ brokers: [elsewhere.broker] })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('its certificate was made for another name'),
    });
  });
});
