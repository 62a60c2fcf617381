import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createDevice, decodeRecord, getTwin, type Hub, invokeMethod, patchTwin, sendCommand } from '@viaduct/hub';
import { deviceToken, RawMqtt, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';

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

describe('what differs from client to client', () => {
  /** As `new WebSocket` of each client does it. */
  async function overWebSocket(path: string, subProtocol: string): Promise<RawMqtt> {
    const { hostName, caFile } = server.ready;
    const socket = new WebSocket(`wss://${hostName}${path}`, subProtocol, { ca: await readFile(caFile) });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    expect(socket.protocol).toBe(subProtocol);
    return new RawMqtt(createWebSocketStream(socket));
  }

  it.each([
    ['/$iothub/websocket', 'mqtt'],
    ['/%24iothub/websocket', 'mqtt'],
    ['/$iothub/websocket', 'MQTT'],
    ['/$iothub/websocket?iothub-no-client-cert=true', 'mqtt'],
  ])('takes a WebSocket at %s with sub-protocol %s', async (path, subProtocol) => {
    const device = await server.createDevice();
    const mqtt = await overWebSocket(path, subProtocol);
    expect(await mqtt.connectAs(device, server.ready.hostName)).toBe(0);
    mqtt.publish(telemetryTopic(device.deviceId), 'x', 1);
    await mqtt.next('puback');
    mqtt.close();
  });

  it.each([
    ['as old C# clients do', (host: string, id: string) => `${host}/${id}/api-version=2017-06-30/DeviceClientType=x`],
    ['without a question mark', (host: string, id: string) => `${host}/${id}/api-version=2016-11-14&x=y`],
    ['without anything', (host: string, id: string) => `${host}/${id}`],
  ])('reads a user name written %s', async (_how, userName) => {
    const device = await server.createDevice();
    const mqtt = await RawMqtt.open(server.ready);
    const { hostName } = server.ready;
    expect(await mqtt.connectAs(device, hostName, { username: userName(hostName, device.deviceId) })).toBe(0);
  });

  const MODEL = 'dtmi:com:example:Pump;1';
  it.each([
    ['Node', `?api-version=2021-04-12&model-id=${MODEL}&DeviceClientType=azure-iot-device%2F1.18.4%20(node%20v20)`],
    [
      'Python',
      `?api-version=2020-09-30&DeviceClientType=azure-iot-device-iothub-py&model-id=${encodeURIComponent(MODEL)}`,
    ],
    ['C', `?api-version=2020-09-30&DeviceClientType=iothubclient%2f1.15.0%20%28native%29&model-id=${MODEL}`],
    ['embedded C', '?api-version=2020-09-30&DeviceClientType=azsdk-c%2F1.6.0&model-id=dtmi%3acom%3aexample%3aPump%3b1'],
    ['C#', `?api-version=2020-09-30&DeviceClientType=.NET%2F1.42.0%20%28.NET%208.0%29&model-id=${MODEL}`],
    ['Java', `?api-version=2020-09-30&DeviceClientType=com.microsoft.azure.sdk.iot&model-id=${MODEL}`],
  ])('lets %s in by its user name, and reads the model from it', async (_client, query) => {
    const device = await server.createDevice();
    const mqtt = await RawMqtt.open(server.ready);
    const { hostName } = server.ready;
    const username = `${hostName}/${device.deviceId}/${query}`;
    expect(await mqtt.connectAs(device, hostName, { username })).toBe(0);
    mqtt.publish(telemetryTopic(device.deviceId), 'x', 1);
    await mqtt.next('puback');
    expect((await server.hub.registry.find(device))?.modelId).toBe(MODEL);
  });

  it('takes every filter of one SUBSCRIBE, and what was published before its SUBACK (C)', async () => {
    const { device, mqtt } = await connected();
    const filters = [
      '$iothub/twin/res/#',
      '$iothub/twin/PATCH/properties/desired/#',
      `devices/${device.deviceId}/messages/devicebound/#`,
      '$iothub/methods/POST/#',
    ];
    const subscriptions = filters.map((topic, i) => ({ topic, qos: (i % 2) as 0 | 1 }));
    mqtt.send({ cmd: 'subscribe', messageId: 7, subscriptions });
    mqtt.publish('$iothub/twin/GET/?$rid=1', '');
    expect((await mqtt.next('suback')).granted).toEqual([0, 1, 0, 1]);
    expect((await mqtt.next('publish')).topic).toBe('$iothub/twin/res/200/?$rid=1');
  });

  it('acknowledges twin requests and method answers that come with QoS 1, and echoes the id as it came (Python)', async () => {
    const { device, mqtt } = await connected();
    await mqtt.subscribe('$iothub/twin/res/#', 1, 1);
    await mqtt.subscribe('$iothub/methods/POST/#', 1, 2);
    mqtt.publish('$iothub/twin/GET/?$rid=a%2Fb%20c', ' ', 3);
    expect((await mqtt.next('puback')).messageId).toBe(3);
    expect((await mqtt.next('publish')).topic).toBe('$iothub/twin/res/200/?$rid=a%2Fb%20c');
    const call = { methodName: 'restart', payload: null, responseTimeoutSeconds: 10 };
    const answered = invokeMethod(server.hub, device, call, new AbortController().signal);
    const { topic } = await mqtt.next('publish');
    const rid = topic.replace('$iothub/methods/POST/restart/?$rid=', '');
    mqtt.publish(`$iothub/methods/res/200/?$rid=${rid}`, '{}', 4);
    expect((await mqtt.next('puback')).messageId).toBe(4);
    expect(await answered).toMatchObject({ status: 200 });
  });

  it('tells of desired with a version behind the question mark and inside (Java and C# read the one, C the other)', async () => {
    const { device, mqtt } = await connected();
    await mqtt.subscribe('$iothub/twin/PATCH/properties/desired/#');
    await patchTwin(server.hub, device, { desired: { t: 21, gone: null } });
    const { topic, payload } = await mqtt.next('publish');
    expect(topic).toBe('$iothub/twin/PATCH/properties/desired/?$version=2');
    expect(JSON.parse(payload.toString())).toEqual({ t: 21, gone: null, $version: 2 });
  });

  it('says to MQTT 5 and 3.1 that it speaks 3.1.1 only', async () => {
    for (const version of [
      { protocolId: 'MQTT', protocolVersion: 5 },
      { protocolId: 'MQIsdp', protocolVersion: 3 },
    ] as const) {
      const mqtt = await RawMqtt.open(server.ready);
      mqtt.send({ cmd: 'connect', ...version, clientId: 'x', clean: true, keepalive: 60 } as never);
      expect(await mqtt.next('connack')).toMatchObject({ returnCode: 1 });
      await mqtt.untilClosed();
    }
  });

  it('takes telemetry with and without a bag, with and without a slash behind it', async () => {
    const { device, mqtt } = await connected();
    const topic = `devices/${device.deviceId}/messages/events`;
    for (const [i, end] of ['', '/', '/a=b', '/a=b/'].entries()) mqtt.publish(topic + end, end, i + 1);
    for (let i = 0; i < 4; i++) await mqtt.next('puback');
    const records = await recordsOf(server.hub, device.deviceId);
    expect(records.map(({ properties }) => properties.application)).toEqual([{}, {}, { a: 'b' }, { a: 'b' }]);
  });

  it('answers a twin request that comes in one piece with the subscription to its answer', async () => {
    const { mqtt } = await connected();
    mqtt.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '$iothub/twin/res/#', qos: 0 }] });
    mqtt.publish('$iothub/twin/GET/?$rid=get_twin', '');
    expect((await mqtt.next('publish')).topic).toBe('$iothub/twin/res/200/?$rid=get_twin');
  });

  it('refuses a reported patch that somebody else was faster than', async () => {
    const { mqtt } = await connected();
    await mqtt.subscribe('$iothub/twin/res/#');
    mqtt.publish('$iothub/twin/PATCH/properties/reported/?$rid=a&$version=1', '{"n":1}');
    mqtt.publish('$iothub/twin/PATCH/properties/reported/?$rid=b&$version=1', '{"n":2}');
    expect((await mqtt.next('publish')).topic).toBe('$iothub/twin/res/204/?$rid=a&$version=2');
    expect((await mqtt.next('publish')).topic).toBe('$iothub/twin/res/412/?$rid=b');
  });

  it.each(['$iothub/twin/GET/', '$iothub/twin/PUT/?$rid=1', '$iothub/methods/res/200/', 'anything/else'])(
    'closes on a publish to %s',
    async (topic) => {
      const { device, mqtt } = await connected();
      mqtt.publish(topic, '{}', 1);
      await mqtt.untilClosed();
      expect((await server.hub.refusals.list(device.deviceId))[0]?.code).toBe('topic.malformed');
    },
  );

  it('keeps what each of many requests says while they wait for their turn', async () => {
    const { device, mqtt } = await connected();
    const said = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, String(i).repeat(40)]));
    for (const [name, value] of Object.entries(said)) {
      mqtt.publish('$iothub/twin/PATCH/properties/reported/', JSON.stringify({ [name]: value }), 1);
      await new Promise(setImmediate);
    }
    const reported = await until(async () => {
      const { reported } = await getTwin(server.hub, device);
      return reported.version > Object.keys(said).length && reported;
    });
    expect(reported.values).toEqual(said);
  });

  it('renews no certificate for a device that is connected without one', async () => {
    const { device, mqtt } = await connected();
    mqtt.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '$iothub/credentials/res/#', qos: 1 }] });
    expect((await mqtt.next('suback')).granted).toEqual([1]);
    const request = { id: device.deviceId, csr: 'AAAA' };
    mqtt.publish('$iothub/credentials/POST/issueCertificate/?$rid=ab-1', JSON.stringify(request), 1);
    const answer = await mqtt.next('publish');
    expect(answer.topic).toBe('$iothub/credentials/res/403/?$rid=ab-1');
    expect(JSON.parse(answer.payload.toString())).toMatchObject({ errorCode: 403003, info: null });
  });
});

describe('commands', () => {
  const say = (text: string, inputName?: string) => ({
    body: Buffer.from(text),
    system: { messageId: text, ...(inputName === undefined ? {} : { inputName }) },
    application: { k: 'ü' },
    ack: 'full' as const,
  });

  async function connectedModule() {
    const device = await server.createDevice();
    const identity = { deviceId: device.deviceId, moduleId: 'm1' };
    const { authentication } = await createDevice(server.hub, identity);
    const key = `${device.deviceId}/m1`;
    const { hostName } = server.ready;
    const speaker = { ...device, primaryKey: authentication.symmetricKey.primaryKey ?? '' };
    const resource = { ...speaker, deviceId: `${device.deviceId}/modules/m1` };
    const mqtt = await RawMqtt.open(server.ready);
    const connect = {
      clientId: key,
      username: `${hostName}/${key}/?api-version=2020-09-30`,
      password: deviceToken(resource, hostName),
    };
    expect(await mqtt.connectAs(speaker, hostName, connect)).toBe(0);
    return { identity, mqtt, topic: `devices/${device.deviceId}/modules/m1` };
  }

  it('reach a device with the bag that all clients can read', async () => {
    const { device, mqtt } = await connected();
    await mqtt.subscribe(`devices/${device.deviceId}/messages/devicebound/#`, 1);
    await sendCommand(server.hub, { deviceId: device.deviceId }, say('hello'));
    const { topic, qos, retain, payload, messageId = 0 } = await mqtt.next('publish');
    expect([qos, retain, payload.toString()]).toEqual([1, false, 'hello']);
    const bag = topic.replace(`devices/${device.deviceId}/messages/devicebound/`, '');
    expect(bag).toMatch(
      /^%24\.mid=hello&%24\.exp=[^&]+\d\.\d{7}Z&%24\.to=%2Fdevices%2F[^&]+%2Fmessages%2FdeviceBound&iothub-ack=full&k=%C3%BC$/,
    );
    mqtt.send({ cmd: 'puback', messageId });
    await until(async () => (await server.hub.commands.depth({ deviceId: device.deviceId })) === 0, {
      what: 'completed',
    });
  });

  it('have one topic segment of properties, system ones first, none without a value (Node, Java, C)', async () => {
    const { device, mqtt } = await connected();
    await mqtt.subscribe(`devices/${device.deviceId}/messages/devicebound/#`, 1);
    const system = {
      messageId: 'a/b',
      correlationId: 'c d',
      userId: 'ü',
      contentType: 'text/plain',
      contentEncoding: 'utf-8',
    };
    const application = { 'a/b': '1/2', sum: '1+1=2 & 3', percent: '100%', empty: '', wild: '#+$' };
    await sendCommand(server.hub, device, { body: Buffer.from('x'), system, application, ack: 'none' });
    const { topic } = await mqtt.next('publish');
    const segments = topic.split('/');
    expect(segments).toHaveLength(5);
    const pairs = (segments[4] ?? '').split('&').map((pair) => pair.split('='));
    for (const pair of pairs) expect(pair).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
    const keys = pairs.map(([key]) => key ?? '');
    expect(keys.join(' ')).toMatch(/^(%24\.\w+ )+(?!.*%24\.)/);
    expect(segments[4]).not.toMatch(/[+# $]/);
    const said = Object.fromEntries(pairs.map((pair) => pair.map((text) => decodeURIComponent(text))));
    expect(said).toMatchObject({ '$.mid': 'a/b', '$.cid': 'c d', '$.uid': 'ü', '$.ct': 'text/plain', '$.ce': 'utf-8' });
    expect(said['$.exp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
    expect(said).toMatchObject({ 'a/b': '1/2', sum: '1+1=2 & 3', percent: '100%', wild: '#+$' });
    expect(said).not.toHaveProperty('empty');
  });

  it('come again when the connection ends unacknowledged, and go nowhere after UNSUBSCRIBE', async () => {
    const { device, mqtt } = await connected();
    const filter = `devices/${device.deviceId}/messages/devicebound/#`;
    await mqtt.subscribe(filter, 1);
    await sendCommand(server.hub, { deviceId: device.deviceId }, say('hello'));
    await mqtt.next('publish');
    mqtt.close();
    const { mqtt: again } = await connected(device.deviceId);
    await again.subscribe(filter, 1);
    const { messageId = 0 } = await again.next('publish');
    again.send({ cmd: 'puback', messageId });
    again.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: [filter] });
    await again.next('unsuback');
    await sendCommand(server.hub, { deviceId: device.deviceId }, say('unheard'));
    again.send({ cmd: 'pingreq' });
    await again.next('pingresp');
    expect(again.received).toEqual([]);
  });

  it.each(['inputs/#', '#'])('reach an input of a module that subscribed to its %s', async (end) => {
    const { identity, mqtt, topic } = await connectedModule();
    await mqtt.subscribe(`${topic}/${end}`, 1);
    await sendCommand(server.hub, identity, say('hello', 'in1'));
    const received = await mqtt.next('publish');
    expect(received.topic).toMatch(
      new RegExp(`^${topic}/inputs/in1/%24\\.cdid=${identity.deviceId}&%24\\.cmid=m1&%24\\.mid=hello&.*&k=%C3%BC$`),
    );
  });

  it('to an input do not hold up the others of the queue, nor the other way round', async () => {
    const { identity, mqtt, topic } = await connectedModule();
    await sendCommand(server.hub, identity, say('for an input', 'in1'));
    await sendCommand(server.hub, identity, say('for the module'));
    await mqtt.subscribe(`${topic}/messages/devicebound/#`, 1);
    expect((await mqtt.next('publish')).payload.toString()).toBe('for the module');
    await mqtt.subscribe(`${topic}/inputs/#`, 1);
    expect((await mqtt.next('publish')).payload.toString()).toBe('for an input');
  });
});

describe('methods', () => {
  it('reach only a device that listens to their name', async () => {
    const { device, mqtt } = await connected();
    await mqtt.subscribe('$iothub/methods/POST/open/#');
    const call = (methodName: string) =>
      invokeMethod(
        server.hub,
        { deviceId: device.deviceId },
        { methodName, payload: 1, responseTimeoutSeconds: 5 },
        new AbortController().signal,
      );
    await expect(call('close')).rejects.toMatchObject({ code: 'device.notOnline' });
    const answer = call('open');
    const { topic, payload } = await mqtt.next('publish');
    const [, rid] = /^\$iothub\/methods\/POST\/open\/\?\$rid=([0-9a-f]+)$/.exec(topic) ?? [];
    expect(payload.toString()).toBe('1');
    mqtt.publish(`$iothub/methods/res/200/?$rid=${rid}`, '{"ok":true}');
    expect(await answer).toMatchObject({ status: 200 });
  });
});
