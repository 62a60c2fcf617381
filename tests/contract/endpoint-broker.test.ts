import { routingView, saveRouting } from '@viaduct/hub';
import {
  countNatsStream,
  createNatsStream,
  deviceClient,
  hasKafka,
  hasMosquitto,
  hasNats,
  hasRabbitMq,
  KafkaPeer,
  MosquittoReader,
  RawNats,
  readAmqpQueue,
  startMosquitto,
  startNats,
  startRabbitMq,
  startTestServer,
  type TestServer,
  until,
} from '@viaduct/testkit';
import { Message } from 'azure-iot-common';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

/** From the official device client, by a route, to a broker that people run, and back by a client that is not ours. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** RabbitMQ takes five seconds to start, and more on a busy machine. */
const RABBITMQ_MS_MAX = 90_000;
const BODIES = ['{"n":1}', '{"n":2}', '{"n":3}'];

/** Routes telemetry to one endpoint, with an enrichment, and lets a device say three things. Resolves when all are delivered. */
async function sayTo(kind: string, configuration: object): Promise<string> {
  await saveRouting(server.hub, {
    endpoints: [{ name: kind, kind, configuration }],
    routes: [{ name: 'all', source: 'DeviceMessages', condition: "level = 'high'", endpointNames: [kind] }],
    enrichments: [{ key: 'plant', value: 'north', endpointNames: [kind] }],
  });
  const { deviceId, connectionString } = await server.createDevice();
  const device = await deviceClient(connectionString, server.caFile);
  await device.open();
  for (const body of BODIES) {
    const message = new Message(body);
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.messageId = `m-${body}`;
    message.properties.add('level', 'high');
    await device.sendEvent(message);
  }
  await device.close();
  const state = () => routingView(server.hub).endpoints[0]?.state;
  await until(() => state()?.deliveredMessages === BODIES.length, { what: `delivered: ${JSON.stringify(state())}` });
  return deviceId;
}

const asHeaders = (deviceId: string, body: string | undefined) => ({
  'message-id': `m-${body}`,
  'content-type': 'application/json',
  'iothub-connection-device-id': deviceId,
  'iothub-message-source': 'Telemetry',
  level: 'high',
  plant: 'north',
});

describe.skipIf(!hasRabbitMq)('an AMQP endpoint', () => {
  it(
    'brings telemetry to RabbitMQ',
    async () => {
      const user = { username: 'hub', password: 'a-secret' };
      const peer = await startRabbitMq({ user: user.username, password: user.password, queues: { telemetry: {} } });
      onTestFinished(() => peer.close());
      const url = `amqp://${user.username}:${user.password}@${peer.address}:${peer.port}`;
      const deviceId = await sayTo('amqp', { url, address: '/amq/queue/telemetry' });
      const messages = await readAmqpQueue(peer, user, '/amq/queue/telemetry', BODIES.length);
      expect(messages.map(({ body }) => String(body.content))).toEqual(BODIES);
      expect(messages[0]).toMatchObject({
        message_id: `m-${BODIES[0]}`,
        content_type: 'application/json',
        message_annotations: { 'iothub-connection-device-id': deviceId, 'iothub-message-source': 'Telemetry' },
        application_properties: { level: 'high', plant: 'north' },
      });
    },
    RABBITMQ_MS_MAX,
  );
});

describe.skipIf(!hasKafka)('a Kafka endpoint', () => {
  it('brings telemetry to a topic', async () => {
    const peer = await KafkaPeer.start();
    onTestFinished(() => peer.close());
    await peer.createTopic('telemetry', 4);
    const deviceId = await sayTo('kafka', { brokers: [peer.broker], topic: 'telemetry' });
    const records = await peer.read('telemetry');
    expect(records.map(({ body }) => String(body))).toEqual(BODIES);
    expect(records.map(({ key }) => key)).toEqual(BODIES.map(() => deviceId));
    expect(Object.fromEntries(records[0]?.headers ?? [])).toMatchObject(asHeaders(deviceId, BODIES[0]));
  });
});

describe.skipIf(!hasNats)('a NATS endpoint', () => {
  it('brings telemetry to a stream', async () => {
    const peer = await startNats();
    onTestFinished(() => peer.close());
    await createNatsStream(peer, { name: 'HUB', subjects: ['hub.>'] });
    const reader = await RawNats.subscribe(peer.address, peer.port, 'hub.>');
    onTestFinished(() => reader.close());
    const servers = [`nats://${peer.address}:${peer.port}`];
    const deviceId = await sayTo('nats', { servers, subject: 'hub.{source}.{deviceId}' });
    await until(() => reader.messages.length === BODIES.length, { what: 'all are heard' });
    expect(reader.messages.map(({ body }) => String(body))).toEqual(BODIES);
    expect(reader.messages[0]?.subject).toBe(`hub.DeviceMessages.${deviceId}`);
    expect(reader.messages[0]?.headers).toMatchObject(asHeaders(deviceId, BODIES[0]));
    expect(await countNatsStream(peer, 'HUB')).toBe(BODIES.length);
  });
});

describe.skipIf(!hasMosquitto)('an MQTT endpoint', () => {
  it('brings telemetry to mosquitto', async () => {
    const peer = await startMosquitto();
    onTestFinished(() => peer.close());
    const reader = await MosquittoReader.start(peer, 'hub/#');
    onTestFinished(() => reader.close());
    const url = `mqtt://${peer.address}:${peer.port}`;
    const deviceId = await sayTo('mqtt', { url, topic: 'hub/{source}/{deviceId}' });
    await until(() => reader.messages.length === BODIES.length, { what: 'all are heard' });
    expect(reader.messages.map(({ body }) => String(body))).toEqual(BODIES);
    expect(reader.messages[0]?.topic).toBe(`hub/DeviceMessages/${deviceId}`);
    expect(reader.messages[0]?.properties['user-properties']).toMatchObject(asHeaders(deviceId, BODIES[0]));
  });
});
