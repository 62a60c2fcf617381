import { Duplex } from 'node:stream';
import fc from 'fast-check';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signSas } from '../../core/access/sas-signature.ts';
import { decodeRecord } from '../../core/record/record.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { MqttGateway } from './mqtt-gateway.ts';
import type { MqttGuest, MqttVisitor } from './mqtt-guest.ts';
import { readStatic } from './read-static.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
let hub: TemporaryHub;
let gateway: MqttGateway;
const faults: unknown[] = [];
const visits: { readonly visitor: MqttVisitor; heard: Buffer }[] = [];
const guest: MqttGuest = {
  claims: ({ username }) => username?.startsWith('guest/') ?? false,
  accept: (visitor) => {
    const visit = { visitor, heard: visitor.behind ?? Buffer.alloc(0) };
    readStatic(visitor.socket, (bytes) => {
      visit.heard = Buffer.concat([visit.heard, bytes]);
    });
    visitor.socket.resume();
    visits.push(visit);
  },
};

beforeAll(async () => {
  hub = await temporaryHub();
  gateway = new MqttGateway(hub, { onFault: (error) => faults.push(error), guests: [guest] });
  const authentication = { type: 'sas', symmetricKey: { primaryKey: KEY, secondaryKey: KEY } } as const;
  for (const deviceId of ['d1', 'd2']) await createDevice(hub, { deviceId }, { authentication });
});
afterAll(async () => {
  await gateway.close();
  await hub.close();
});

/** The device's end of a connection: what it writes arrives at the gateway in the same turn. */
class DeviceEnd extends Duplex {
  readonly received: Buffer[] = [];
  readonly far: Duplex;

  constructor() {
    super();
    const received = this.received;
    this.far = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        received.push(Buffer.from(chunk));
        done();
      },
    });
    gateway.accept(this.far, 'mqtt', '192.0.2.1');
  }

  say(bytes: Uint8Array): void {
    if (!this.far.destroyed && !this.far.readableEnded) this.far.push(Buffer.from(bytes));
  }

  hangUp(): void {
    this.far.destroy();
  }

  packets(): Packet[] {
    const packets: Packet[] = [];
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    parser.on('packet', (packet: Packet) => packets.push(packet));
    parser.parse(Buffer.concat(this.received));
    return packets;
  }
}

const host = () => hub.hostNames[0] as string;
const connect = (deviceId = 'd1') =>
  mqttPacket.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: deviceId,
    clean: true,
    keepalive: 60,
    username: `${host()}/${deviceId}/?api-version=2021-04-12`,
    password: Buffer.from(signSas(`${host()}/devices/${deviceId}`, KEY, hub.clock.now() / 1000 + 3600)),
  });
const publish = (messageId: number, payload: string, topic = 'devices/d1/messages/events/') =>
  mqttPacket.generate({ cmd: 'publish', topic, payload, qos: 1, messageId, dup: false, retain: false });
const until = (condition: () => boolean) => expect.poll(condition, { timeout: 5_000, interval: 5 }).toBe(true);

async function connected(deviceId = 'd1'): Promise<DeviceEnd> {
  const device = new DeviceEnd();
  device.say(connect(deviceId));
  await until(() => device.packets().some((packet) => packet.cmd === 'connack'));
  return device;
}

async function records() {
  const all = [];
  for (let partition = 0; partition < hub.eventPartitions; partition++)
    all.push(...(await hub.log.read(partition, 0, 64 * 1_048_576)));
  return all.map(({ data }) => decodeRecord(data));
}

describe('MqttConnection', () => {
  it('keeps packets that came right behind CONNECT and acknowledges them in order, after they are durable', async () => {
    const device = new DeviceEnd();
    const messages = Array.from({ length: 50 }, (_, i) => publish(i + 1, `behind-${i}`));
    device.say(Buffer.concat([connect(), ...messages]));
    await until(() => device.packets().length === 51);
    const [first, ...pubacks] = device.packets();
    expect(first).toMatchObject({ cmd: 'connack', returnCode: 0, sessionPresent: false });
    expect(pubacks.map((packet) => (packet as { messageId?: number }).messageId)).toEqual(
      messages.map((_, i) => i + 1),
    );
    const bodies = (await records()).map(({ body }) => body.toString()).filter((body) => body.startsWith('behind-'));
    expect(bodies).toEqual(messages.map((_, i) => `behind-${i}`));
    device.hangUp();
  });

  it('reads the same packets however the network cuts them', async () => {
    const device = await connected();
    const bytes = Buffer.concat([
      publish(7, 'x'.repeat(300), 'devices/d1/messages/events/%24.ct=text%2Fplain&n=1'),
      publish(8, 'second'),
      mqttPacket.generate({ cmd: 'pingreq' }),
    ]);
    for (const byte of bytes) device.say(Buffer.of(byte));
    await until(() => device.packets().length === 4);
    expect(
      device
        .packets()
        .map(({ cmd }) => cmd)
        .sort(),
    ).toEqual(['connack', 'pingresp', 'puback', 'puback']);
    const message = (await records()).find(({ body }) => body.length === 300);
    expect(message?.properties).toEqual({ system: { contentType: 'text/plain' }, application: { n: '1' } });
    device.hangUp();
  });

  it('survives any bytes, before and after CONNECT: an answer, a close, never a fault, never another device harmed', async () => {
    const neighbour = await connected('d2');
    const frames = [
      connect(),
      publish(1, 'a'),
      publish(2, 'b', 'devices/d1/messages/events/a=b'),
      publish(3, '{}', '$iothub/twin/PATCH/properties/reported/?$rid=1'),
      publish(4, '', '$iothub/twin/GET/?$rid=2'),
      publish(5, '{}', '$iothub/methods/res/200/?$rid=9'),
      mqttPacket.generate({
        cmd: 'subscribe',
        messageId: 9,
        subscriptions: [{ topic: '$iothub/methods/POST/#', qos: 1 }],
      }),
      mqttPacket.generate({ cmd: 'puback', messageId: 3 }),
      mqttPacket.generate({ cmd: 'disconnect' }),
    ];
    const damaged = fc.tuple(
      fc.shuffledSubarray(frames, { minLength: 1 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      fc.nat(),
      fc.uint8Array({ maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(damaged, fc.boolean(), async ([some, flips, cut, tail], connectFirst) => {
        const bytes = Buffer.concat([...some, tail]);
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        const device = connectFirst ? await connected() : new DeviceEnd();
        device.say(bytes.subarray(0, cut % bytes.length));
        device.say(bytes.subarray(cut % bytes.length));
        await new Promise((resolve) => setImmediate(resolve));
        device.hangUp();
      }),
      { numRuns: 400 },
    );
    expect(faults).toEqual([]);
    neighbour.say(publish(77, 'still here', 'devices/d2/messages/events/'));
    await until(() => neighbour.packets().some((packet) => (packet as { messageId?: number }).messageId === 77));
    neighbour.hangUp();
    expect(gateway.stats.connections).toBeLessThan(5);
  });

  it('hands over what a guest claims, with every byte behind the CONNECT, and has nothing more to do with it', async () => {
    const hello = mqttPacket.generate({
      ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: 'g1', clean: true, keepalive: 0 },
      username: 'guest/g1',
    });
    const behind = Buffer.concat([publish(1, 'not for the hub'), Buffer.of(0xff, 0xff)]);
    await until(() => gateway.stats.connections === 0);
    for (const cut of [1, hello.length - 1, hello.length, hello.length + 3, hello.length + behind.length]) {
      const device = new DeviceEnd();
      const bytes = Buffer.concat([hello, behind]);
      device.say(bytes.subarray(0, cut));
      device.say(bytes.subarray(cut));
      await until(() => visits.at(-1)?.heard.length === behind.length);
      const { visitor, heard } = visits.pop() ?? {};
      expect(heard).toEqual(behind);
      expect(visitor).toMatchObject({ connect: { clientId: 'g1' }, remoteAddress: '192.0.2.1' });
      expect([device.received, gateway.stats.connections]).toEqual([[], 0]);
      device.hangUp();
    }
  });

  it('holds no more than one CONNECT of memory for a stranger', async () => {
    const device = new DeviceEnd();
    device.say(Buffer.of(0x10, 0xff, 0xff, 0x7f));
    await until(() => device.far.writableEnded);
    expect(device.received).toEqual([]);
  });
});
