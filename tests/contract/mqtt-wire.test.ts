import { randomBytes } from 'node:crypto';
import { decodeRecord, type Hub } from '@viaduct/hub';
import { deviceToken, RawMqtt, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What MQTT clients rely on, packet by packet: things no SDK would say, and the order of answers. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function connected(deviceId?: string, options: { clean?: boolean; keepalive?: number } = {}) {
  const device = deviceId === undefined ? await server.createDevice() : known.get(deviceId);
  if (device === undefined) throw new TypeError(`no device ${deviceId}`);
  known.set(device.deviceId, device);
  const mqtt = await RawMqtt.open(server.ready);
  expect(await mqtt.connectAs(device, server.ready.hostName, options)).toBe(0);
  return { device, mqtt };
}
const known = new Map<string, Awaited<ReturnType<TestServer['createDevice']>>>();

const telemetryTopic = (deviceId: string) => `devices/${deviceId}/messages/events/`;

async function recordsOf(hub: Hub, deviceId: string) {
  const found = [];
  for (let partition = 0; partition < hub.eventPartitions; partition++) {
    const { first, next } = hub.log.bounds(partition);
    for (let offset = first; offset < next; ) {
      const records = await hub.log.read(partition, offset, 4 * 1_048_576);
      for (const { data } of records) {
        const record = decodeRecord(data);
        if (record.deviceId === deviceId) found.push(record);
      }
      offset = (records.at(-1)?.offset ?? next) + 1;
    }
  }
  return found;
}

describe('CONNECT', () => {
  const attempts: [string, number, string, (hostName: string) => object][] = [
    [
      'a token signed with another key',
      5,
      'credential.signatureMismatch',
      (host) => ({
        password: deviceToken(
          { deviceId: 'refused', connectionString: '', primaryKey: randomBytes(32).toString('base64') },
          host,
        ),
      }),
    ],
    ['no token', 5, 'credential.missing', () => ({ password: '' })],
    ['a token that is none', 4, 'credential.malformed', () => ({ password: 'secret' })],
    [
      'a user name for another device',
      2,
      'connection.identifierRejected',
      (host) => ({ username: `${host}/somebody/?api-version=2021-04-12` }),
    ],
    ['a user name without a host', 4, 'credential.malformed', () => ({ username: 'refused' })],
  ];

  it.each(attempts)(
    'refuses %s with return code %i and says why to the operator',
    async (_what, returnCode, code, overrides) => {
      const device =
        (await server.hub.registry.find({ deviceId: 'refused' })) ?? (await server.createDevice('refused'));
      const mqtt = await RawMqtt.open(server.ready);
      const wrong = overrides(server.ready.hostName);
      expect(
        await mqtt.connectAs(
          { deviceId: device.deviceId, connectionString: '', primaryKey: 'AAAA' },
          server.ready.hostName,
          wrong,
        ),
      ).toBe(returnCode);
      await mqtt.untilClosed();
      const refusals = await server.hub.refusals.list('refused');
      expect(refusals.map((refusal) => refusal.code)).toContain(code);
    },
  );

  it('refuses an expired token and says for how long it has been', async () => {
    const device = await server.createDevice();
    const mqtt = await RawMqtt.open(server.ready);
    expect(
      await mqtt.connectAs(device, server.ready.hostName, {
        password: deviceToken(device, server.ready.hostName, -7_200),
      }),
    ).toBe(5);
    const [refusal] = await server.hub.refusals.list(device.deviceId);
    expect(refusal).toMatchObject({
      code: 'credential.expired',
      message: expect.stringContaining('2 h ago'),
      transport: 'mqtt',
    });
  });

  it('refuses a device that does not exist, and books it under the id it claimed', async () => {
    const mqtt = await RawMqtt.open(server.ready);
    const stranger = { deviceId: 'stranger', connectionString: '', primaryKey: randomBytes(32).toString('base64') };
    expect(await mqtt.connectAs(stranger, server.ready.hostName)).toBe(5);
    expect((await server.hub.refusals.list('stranger'))[0]?.code).toBe('device.notFound');
  });

  it('closes the older connection of the same device without a word', async () => {
    const { device, mqtt: older } = await connected();
    const { mqtt: newer } = await connected(device.deviceId);
    await older.untilClosed();
    expect(older.received).toEqual([]);
    newer.publish(telemetryTopic(device.deviceId), 'newer', 1);
    expect((await newer.next('puback')).messageId).toBe(1);
  });

  it('closes a connection on which CONNECT comes twice, and one on which it does not come first', async () => {
    const { device, mqtt } = await connected();
    await expect(mqtt.connectAs(device, server.ready.hostName)).rejects.toThrow();
    await mqtt.untilClosed();
    const silent = await RawMqtt.open(server.ready);
    silent.send({ cmd: 'pingreq' });
    await silent.untilClosed();
  });

  it('gives a silent device one and a half keep-alive intervals', async () => {
    const { mqtt } = await connected(undefined, { keepalive: 1 });
    mqtt.send({ cmd: 'pingreq' });
    await mqtt.next('pingresp');
    await mqtt.untilClosed();
  });

  it('ends the connection when its token runs out', async () => {
    const device = await server.createDevice();
    const mqtt = await RawMqtt.open(server.ready);
    expect(
      await mqtt.connectAs(device, server.ready.hostName, { password: deviceToken(device, server.ready.hostName, 2) }),
    ).toBe(0);
    await mqtt.untilClosed();
  });
});

describe('PUBLISH', () => {
  it('acknowledges in order, and keeps body, properties and flags', async () => {
    const { device, mqtt } = await connected();
    for (let id = 1; id <= 200; id++)
      mqtt.publish(`${telemetryTopic(device.deviceId)}%24.mid=m${id}&n=${id}`, `body ${id}`, id);
    for (let id = 1; id <= 200; id++) expect((await mqtt.next('puback')).messageId).toBe(id);
    const records = await recordsOf(server.hub, device.deviceId);
    expect(records.map(({ body }) => body.toString())).toEqual(Array.from({ length: 200 }, (_, i) => `body ${i + 1}`));
    expect(records[6]?.properties).toEqual({ system: { messageId: 'm7' }, application: { n: '7' } });
  });

  it('takes 256 KiB and an empty body, and closes at a byte more', async () => {
    const { device, mqtt } = await connected();
    mqtt.publish(telemetryTopic(device.deviceId), Buffer.alloc(262_144, 1), 1);
    mqtt.publish(telemetryTopic(device.deviceId), '', 2);
    await mqtt.next('puback');
    await mqtt.next('puback');
    mqtt.publish(telemetryTopic(device.deviceId), Buffer.alloc(262_145, 1), 3);
    await mqtt.untilClosed();
    expect((await recordsOf(server.hub, device.deviceId)).map(({ body }) => body.length)).toEqual([262_144, 0]);
    expect((await server.hub.refusals.list(device.deviceId))[0]?.code).toBe('message.tooLarge');
  });

  it('closes when a device publishes for another one, and nothing is kept', async () => {
    const { device, mqtt } = await connected();
    const other = await server.createDevice();
    mqtt.publish(telemetryTopic(other.deviceId), 'forged', 1);
    await mqtt.untilClosed();
    expect(await recordsOf(server.hub, other.deviceId)).toEqual([]);
    expect((await server.hub.refusals.list(device.deviceId))[0]?.code).toBe('topic.forbidden');
  });

  it('closes on QoS 2', async () => {
    const { device, mqtt } = await connected();
    mqtt.send({
      cmd: 'publish',
      topic: telemetryTopic(device.deviceId),
      payload: 'x',
      qos: 2,
      messageId: 1,
      dup: false,
      retain: false,
    });
    await mqtt.untilClosed();
  });
});

describe('the will', () => {
  const will = (deviceId: string) => ({
    topic: `${telemetryTopic(deviceId)}a=b`,
    payload: Buffer.from('gone'),
    qos: 1 as const,
    retain: false,
  });

  it('becomes a message when the connection breaks', async () => {
    const device = await server.createDevice();
    const mqtt = await RawMqtt.open(server.ready);
    await mqtt.connectAs(device, server.ready.hostName, { will: will(device.deviceId) });
    mqtt.close();
    const [record] = await until(
      async () =>
        (await recordsOf(server.hub, device.deviceId)).length > 0 ? recordsOf(server.hub, device.deviceId) : undefined,
      { what: 'the will' },
    );
    expect(record?.body.toString()).toBe('gone');
    expect(record?.properties.application).toEqual({ a: 'b', 'iothub-MessageType': 'Will' });
  });

  it('is forgotten when the device says goodbye', async () => {
    const device = await server.createDevice();
    const mqtt = await RawMqtt.open(server.ready);
    await mqtt.connectAs(device, server.ready.hostName, { will: will(device.deviceId) });
    mqtt.send({ cmd: 'disconnect' });
    await mqtt.untilClosed();
    const after = await connected();
    after.mqtt.publish(telemetryTopic(after.device.deviceId), 'later', 1);
    await after.mqtt.next('puback');
    expect(await recordsOf(server.hub, device.deviceId)).toEqual([]);
  });
});

describe('SUBSCRIBE', () => {
  it('grants the documented filters and refuses others without closing', async () => {
    const { device, mqtt } = await connected();
    mqtt.send({
      cmd: 'subscribe',
      messageId: 5,
      subscriptions: [
        { topic: '$iothub/methods/POST/#', qos: 0 },
        { topic: 'devices/other/messages/devicebound/#', qos: 1 },
        { topic: `devices/${device.deviceId}/messages/devicebound/#`, qos: 2 },
      ],
    });
    expect((await mqtt.next('suback')).granted).toEqual([0, 0x80, 1]);
    mqtt.send({ cmd: 'pingreq' });
    await mqtt.next('pingresp');
  });

  it('keeps the session of a device that asks for it, over reconnects and a restart of the server', async () => {
    const { device, mqtt } = await connected(undefined, { clean: false });
    await mqtt.subscribe('$iothub/twin/res/#');
    mqtt.send({ cmd: 'disconnect' });
    await mqtt.untilClosed();
    await server.restart();
    const again = await RawMqtt.open(server.ready);
    again.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: device.deviceId,
      clean: false,
      keepalive: 60,
      username: `${server.ready.hostName}/${device.deviceId}/?api-version=2021-04-12`,
      password: Buffer.from(deviceToken(device, server.ready.hostName)),
    });
    expect(await again.next('connack')).toMatchObject({ returnCode: 0, sessionPresent: true });
    again.publish('$iothub/twin/GET/?$rid=r1', ' ');
    expect((await again.next('publish')).topic).toBe('$iothub/twin/res/200/?$rid=r1');
  });
});

describe('twin topics', () => {
  it('answers a patch with rid before version, applies two patches in order, and says errors as JSON', async () => {
    const { mqtt } = await connected();
    await mqtt.subscribe('$iothub/twin/res/#');
    mqtt.publish('$iothub/twin/PATCH/properties/reported/?$rid=a', '{"n":1,"gone":1}');
    mqtt.publish('$iothub/twin/PATCH/properties/reported/?$rid=b', '{"n":2,"gone":null}');
    expect((await mqtt.next('publish')).topic).toBe('$iothub/twin/res/204/?$rid=a&$version=2');
    expect((await mqtt.next('publish')).topic).toBe('$iothub/twin/res/204/?$rid=b&$version=3');
    mqtt.publish('$iothub/twin/GET/?$rid=c', '');
    const got = await mqtt.next('publish');
    expect(JSON.parse(got.payload.toString())).toEqual({ desired: { $version: 1 }, reported: { n: 2, $version: 3 } });
    mqtt.publish('$iothub/twin/PATCH/properties/reported/?$rid=d', 'not json');
    const refused = await mqtt.next('publish');
    expect(refused.topic).toBe('$iothub/twin/res/400/?$rid=d');
    expect(JSON.parse(refused.payload.toString())).toMatchObject({ errorCode: 400006 });
  });
});
