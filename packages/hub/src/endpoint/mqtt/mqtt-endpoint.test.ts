import {
  hasMosquitto,
  MosquittoReader,
  makePeerAuthority,
  type PeerAuthority,
  startMosquitto,
  type TestPeer,
  until,
} from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EndpointConnection, RoutedMessage } from '../../core/routing/endpoint.ts';
import { routedMessage, routedMessages, unhurried } from '../messages-under-test.ts';
import { MQTT_ENDPOINT } from './mqtt-endpoint.ts';
import { mqttFailure } from './mqtt-failure.ts';

async function deliverAndClose(connection: EndpointConnection, messages: readonly RoutedMessage[]): Promise<void> {
  try {
    await connection.deliver(messages, unhurried);
  } finally {
    await connection.close();
  }
}

const open = (peer: TestPeer, change = {}) => {
  const settings = { kind: 'mqtt', url: `mqtt://${peer.address}:${peer.port}`, topic: 'hub/{source}/{deviceId}' };
  return MQTT_ENDPOINT.open(MQTT_ENDPOINT.read({ ...settings, ...change }), unhurried);
};

const offsetsIn = ({ messages }: MosquittoReader) =>
  messages.map(({ properties }) => Number(properties['user-properties']?.['viaduct-offset']));
const offsetsOf = (messages: readonly RoutedMessage[]) => messages.map(({ offset }) => offset);

describe.skipIf(!hasMosquitto)('the MQTT endpoint, to mosquitto', () => {
  let peer: TestPeer;
  let reader: MosquittoReader;
  beforeAll(async () => {
    peer = await startMosquitto({
      configuration: 'allow_anonymous true\nmax_inflight_messages 20\nmax_queued_messages 0\nmax_packet_size 400000',
    });
    reader = await MosquittoReader.start(peer, 'hub/#');
  });
  afterAll(async () => {
    await reader.close();
    await peer.close();
  });

  async function heard(count: number): Promise<MosquittoReader['messages']> {
    await until(() => reader.messages.length >= count, { what: `${count} messages are heard` });
    return reader.messages.splice(0);
  }

  it('puts properties, content type and every byte on the wire', async () => {
    const message = routedMessage({ body: Buffer.from([0, 255, 13, 10, 128]) });
    await deliverAndClose(await open(peer, { topic: 'hub/{source}/{deviceId}/x' }), [message]);
    const [found] = await heard(1);
    expect(found).toMatchObject({ topic: 'hub/DeviceMessages/pump-7/x', qos: 1, retain: 0, body: message.body });
    expect(found?.properties['content-type']).toBe('application/json');
    expect(found?.properties['user-properties']).toEqual({
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

  it('lets no device id mean something to a broker, and writes no NUL', async () => {
    const application = { 'a\0b': 'c\0d', __proto__x: 'kept' };
    await deliverAndClose(await open(peer), [routedMessage({ deviceId: 'a+#$%', application })]);
    const [found] = await heard(1);
    expect(found?.topic).toBe('hub/DeviceMessages/a%2B%23%24%25');
    expect(found?.properties['user-properties']).toMatchObject({ 'a%00b': 'c%00d', __proto__x: 'kept' });
  });

  it('keeps order, and has no more on its way than the broker allows', async () => {
    // Mosquitto ends a connection that has more than its 20 unacknowledged.
    const messages = routedMessages(2_000, 7);
    await deliverAndClose(await open(peer), messages);
    expect(
      (await heard(2_000)).map(({ properties }) => Number(properties['user-properties']?.['viaduct-offset'])),
    ).toEqual(offsetsOf(messages));
  });

  it('delivers at QoS 0, and retained, when told to', async () => {
    await deliverAndClose(await open(peer, { qos: 0 }), routedMessages(3));
    expect((await heard(3)).map(({ qos }) => qos)).toEqual([0, 0, 0]);
    await deliverAndClose(await open(peer, { topic: 'last/1', retain: true }), routedMessages(1));
    const late = await MosquittoReader.start(peer, 'last/#', 'late');
    expect(late.retained).toEqual(['last/1']);
    await late.close();
  });

  it('fails when the broker stops; a new connection delivers the whole batch and nothing is lost', async () => {
    const connection = await open(peer);
    await connection.deliver(routedMessages(3), unhurried);
    await heard(3);
    const batch = routedMessages(5_000);
    const delivering = expect(deliverAndClose(connection, batch)).rejects.toMatchObject({
      name: 'EndpointFailure',
      kind: 'transient',
    });
    await until(() => reader.messages.length > 100, { what: 'some are heard' });
    await peer.kill();
    await delivering;
    await expect(open(peer)).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('nothing listens there'),
    });
    await peer.start();
    await deliverAndClose(await open(peer), batch);
    const last = batch.at(-1)?.offset as number;
    await until(() => offsetsIn(reader).includes(last), { what: 'the last is heard' });
    expect(new Set(offsetsIn(reader))).toEqual(new Set(offsetsOf(batch)));
    reader.messages.length = 0;
  });

  it('names the message that is too large, and the one whose property is', async () => {
    const connection = await open(peer);
    await connection.deliver([routedMessage({ body: Buffer.alloc(256 * 1_024, 'x') })], unhurried);
    const huge = routedMessage({ body: Buffer.alloc(400_000) });
    await expect(connection.deliver([routedMessage(), huge], unhurried)).rejects.toMatchObject({
      message: expect.stringMatching(/its packet has 40\d{4} bytes; 400000 are taken$/),
      poison: { partition: 3, offset: huge.offset },
    });
    const long = routedMessage({ application: { long: 'x'.repeat(65_536) } });
    await expect(deliverAndClose(connection, [long])).rejects.toMatchObject({
      message: expect.stringContaining('65535 bytes'),
      poison: { partition: 3, offset: long.offset },
    });
  });

  it('stops when it is told to, and lets go at once', async () => {
    const connection = await open(peer);
    const stop = new AbortController();
    const delivering = connection.deliver(routedMessages(5_000), stop.signal);
    stop.abort();
    await expect(delivering).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('was stopped'),
    });
    await connection.close();
    await expect(connection.deliver(routedMessages(1), unhurried)).rejects.toMatchObject({
      message: expect.stringContaining('the connection was closed'),
    });
  });
});

/** Of "a secret": made by mosquitto_passwd. */
const PASSWORD_HASH =
  '$7$101$f3Hn1t/9kPJ4BGNK$3KYjXPKdJx1KBJSQQfIX8ZAJXatBpWLqr0Oqon2TbiFYpAlxzugSZUfl1X2YspV4oSTt46fSkk5fT+ZqraW7CQ==';

describe.skipIf(!hasMosquitto)('the MQTT endpoint, by TLS and with a password', () => {
  let authority: PeerAuthority;
  let peer: TestPeer;
  beforeAll(async () => {
    authority = await makePeerAuthority();
    peer = await startMosquitto({
      certify: authority.certify(),
      configuration: 'allow_anonymous false\npassword_file {folder}/users\nacl_file {folder}/acl',
      files: { users: `hub:${PASSWORD_HASH}\n`, acl: 'user hub\ntopic write hub/#\n' },
    });
  });
  afterAll(() => peer.close());

  const enter = (change = {}) => {
    const url = `mqtts://hub:a%20secret@${peer.address}:${peer.tlsPort}`;
    return open(peer, { url, ca: authority.ca, ...change });
  };

  it('signs in with the name and password of the URL', async () => {
    await deliverAndClose(await enter(), routedMessages(2));
  });

  it('says that the password is wrong, and does not say which it was', async () => {
    const refused = enter({ password: 'quite another' });
    await expect(refused).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringMatching(/this user may not do this|refuses the user name/),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('quite another') });
  });

  it('says that this user may not publish there', async () => {
    await expect(
      deliverAndClose(await enter({ topic: 'elsewhere/{deviceId}' }), routedMessages(1)),
    ).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('this user may not do this'),
    });
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
    const elsewhere = await startMosquitto({ certify: authority.certify('other.example') });
    onTestFinished(() => elsewhere.close());
    const url = `mqtts://${elsewhere.address}:${elsewhere.tlsPort}`;
    await expect(enter({ url })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('its certificate was made for another name'),
    });
  });
});

describe('a reason that a broker gives', () => {
  it.each([
    [0x84, 'permanent', 'does not speak MQTT 5'],
    [0x97, 'transient', 'a quota is used up'],
    [0x8e, 'permanent', 'another client has the same client id'],
    [1, 'permanent', 'does not speak MQTT 5'],
  ])('0x%s: %s', (code, kind, words) => {
    const failure = mqttFailure('t at b', Object.assign(new Error('x'), { code }), routedMessage());
    expect(failure).toMatchObject({ kind, message: expect.stringContaining(words) });
    expect(failure.poison).toBeUndefined();
  });

  it.each([0x95, 0x99])('0x%s: the message is at fault', (code) => {
    const message = routedMessage();
    const error = Object.assign(new Error('x'), { code });
    expect(mqttFailure('t at b', error, message).poison).toEqual({ partition: 3, offset: message.offset });
  });
});
