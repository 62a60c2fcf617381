import { readFile } from 'node:fs/promises';
import { RawMqtt, type TestDevice, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import { type Conformance, startConformance } from './sdk/conformance.ts';
import { asReaderSees } from './sdk/event-tap.ts';
import { suites, type TransportName } from './sdk/transports.ts';

/** What MQTT has and no Azure client uses: last will, retain, duplicates. Packet by packet, for any MQTT client may say it. */
let hub: Conformance;
beforeAll(async () => {
  hub = await startConformance();
});
afterAll(() => hub.close());

async function open(transport: TransportName): Promise<RawMqtt> {
  const { ready } = hub.server;
  if (transport === 'mqtt') return RawMqtt.open(ready);
  const socket = new WebSocket(`wss://${ready.hostName}/$iothub/websocket`, 'mqtt', {
    ca: await readFile(ready.caFile),
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return new RawMqtt(createWebSocketStream(socket));
}

const topicOf = ({ deviceId }: TestDevice, bag = '') => `devices/${deviceId}/messages/events/${bag}`;

function willOf(device: TestDevice, { topic = topicOf(device, 'why=power'), retain = false } = {}) {
  return { will: { topic, payload: Buffer.from('gone'), qos: 1 as const, retain } };
}

async function connected(transport: TransportName, options: Parameters<typeof willOf>[1] = {}) {
  const device = await hub.server.createDevice();
  const mqtt = await open(transport);
  expect(await mqtt.connectAs(device, hub.server.ready.hostName, willOf(device, options))).toBe(0);
  return { device, mqtt };
}

const seenOf = async (device: TestDevice) => asReaderSees(await hub.tap.firstOf({ deviceId: device.deviceId }));

describe.each(suites(['mqtt', 'mqtt-ws'], { client: 'any MQTT 3.1.1 client' }))('%s', (_suite, transport) => {
  it('last will: told when the connection breaks', async () => {
    const { device, mqtt } = await connected(transport);
    mqtt.close();
    const { body, properties } = await seenOf(device);
    expect([String(body), properties]).toEqual(['gone', { why: 'power', 'iothub-MessageType': 'Will' }]);
  });

  it('last will: told when a newer connection takes over, and when the hub ends it', async () => {
    for (const end of [
      async (device: TestDevice) => {
        const newer = await open(transport);
        await newer.connectAs(device, hub.server.ready.hostName);
      },
      async ({ deviceId }: TestDevice) => {
        await hub.registry.update({ deviceId, status: 'disabled' });
      },
    ]) {
      const { device } = await connected(transport);
      await end(device);
      expect((await seenOf(device)).properties).toMatchObject({ 'iothub-MessageType': 'Will' });
    }
  });

  it('last will: forgotten when the device says goodbye', async () => {
    const { device, mqtt } = await connected(transport);
    mqtt.publish(topicOf(device), 'before', 1);
    await mqtt.next('puback');
    mqtt.send({ cmd: 'disconnect' });
    await mqtt.untilClosed();
    const again = await open(transport);
    await again.connectAs(device, hub.server.ready.hostName);
    again.publish(topicOf(device), 'after', 1);
    await again.next('puback');
    const events = await hub.tap.telemetryOf({ deviceId: device.deviceId }, 2);
    expect(events.map(({ body }) => String(body))).toEqual(['before', 'after']);
  });

  it("last will: one for another's topic is dropped, and the operator is told", async () => {
    const { device, mqtt } = await connected(transport, { topic: 'devices/another/messages/events/' });
    mqtt.publish(topicOf(device), 'let in all the same', 1);
    await mqtt.next('puback');
    expect((await hub.server.hub.refusals.list(device.deviceId)).map(({ code }) => code)).toEqual(['topic.forbidden']);
    mqtt.close();
    await until(() => hub.server.hub.sessions.find({ deviceId: device.deviceId }) === undefined, { what: 'the end' });
    expect(await hub.tap.telemetryOf({ deviceId: device.deviceId })).toHaveLength(1);
  });

  it('retain and duplicate: told to readers as properties; nothing is retained', async () => {
    const { device, mqtt } = await connected(transport, { retain: true });
    mqtt.publish(topicOf(device), 'retained', 1, { retain: true });
    mqtt.publish(topicOf(device), 'again', 2, { dup: true });
    await mqtt.next('puback');
    await mqtt.next('puback');
    mqtt.close();
    const events = await hub.tap.telemetryOf({ deviceId: device.deviceId }, 3);
    expect(events.map(({ body, properties }) => [String(body), properties ?? {}])).toEqual([
      ['retained', { 'mqtt-retain': 'true' }],
      ['again', { 'mqtt-dup': 'true' }],
      ['gone', { why: 'power', 'iothub-MessageType': 'Will', 'mqtt-retain': 'true' }],
    ]);
  });
});
