import { Duplex } from 'node:stream';
import { LIMITS } from '@viaduct/contracts';
import fc from 'fast-check';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTRATION_RATES, RegistrationThrottle } from '../../core/registration/registration-throttle.ts';
import { enroll, keyCaller, type TemporaryProvisioning, temporaryProvisioning } from '../../temporary-provisioning.ts';
import { MqttProvisioning } from './mqtt-provisioning.ts';

let p: TemporaryProvisioning;
let gateway: MqttProvisioning;
const faults: unknown[] = [];
beforeAll(async () => {
  p = await temporaryProvisioning();
  await enroll(p);
  // What is tried here asks more often than a device should.
  Object.assign(p, { registrationThrottle: new RegistrationThrottle(p, REGISTRATION_RATES.relaxed) });
  gateway = new MqttProvisioning(p, { onFault: (error) => faults.push(error) });
});
afterAll(async () => {
  await gateway.close();
  await p.close();
});

/** The device's end of a connection whose CONNECT the hub has handed over. */
class DeviceEnd {
  readonly received: Packet[] = [];
  readonly far: Duplex;

  /** `reads` false: takes nothing that is sent to it. */
  constructor(
    connect: IConnectPacket,
    { behind = null, reads = true }: { behind?: Buffer | null; reads?: boolean } = {},
  ) {
    const packets = parser().on('packet', (packet) => this.received.push(packet));
    this.far = new Duplex({
      read: () => {},
      write: (chunk, _encoding, done) => {
        packets.parse(chunk);
        if (reads) done();
      },
    });
    this.far.pause();
    gateway.accept({
      ...{ connect, behind, socket: this.far, tlsSocket: this.far },
      ...{ transport: 'mqtt', remoteAddress: '192.0.2.1' },
    });
  }

  say(...packets: readonly (Packet | Uint8Array)[]): void {
    const bytes = packets.map((packet) => (packet instanceof Uint8Array ? packet : generate(packet)));
    if (!this.far.destroyed && !this.far.readableEnded) this.far.push(Buffer.concat(bytes));
  }

  get closed(): boolean {
    return this.far.writableEnded;
  }

  count(cmd: Packet['cmd']): number {
    return this.received.filter((packet) => packet.cmd === cmd).length;
  }
}

async function connectPacket(registrationId: string, keepalive = 60): Promise<IConnectPacket> {
  const { idScope, credential } = await keyCaller(p, registrationId);
  return {
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: registrationId, clean: true, keepalive },
    username: `${idScope}/registrations/${registrationId}/api-version=2019-03-31`,
    password: Buffer.from(credential.token ?? ''),
  };
}

const ANSWERS = '$dps/registrations/res/#';
const SUBSCRIBE: Packet = { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: ANSWERS, qos: 1 }] };
const PING: Packet = { cmd: 'pingreq' };
const request = (topic: string, messageId: number): Packet => ({
  ...{
    cmd: 'publish',
    topic: `$dps/registrations/${topic}`,
    payload: '',
    qos: 1,
    messageId,
    dup: false,
    retain: false,
  },
});
const lookup = (id: number) => request(`GET/iotdps-get-registration/?$rid=${id}`, id);
const register = (id: number, more = '') => request(`PUT/iotdps-register/?$rid=${id}${more}`, id);
const until = (condition: () => boolean) => expect.poll(condition, { timeout: 5_000, interval: 5 }).toBe(true);

async function connected(registrationId: string, options: { keepalive?: number; reads?: boolean } = {}) {
  const device = new DeviceEnd(await connectPacket(registrationId, options.keepalive), options);
  await until(() => device.count('connack') === 1);
  return device;
}

describe('MqttProvisioning', () => {
  it('reads on only when there is room for another request, and answers all of them in order', async () => {
    const device = await connected('busy');
    const { registrations } = p;
    let asked = 0;
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const find = async (id: string) => {
      asked++;
      await held;
      return registrations.find(id);
    };
    p.registrations = { ...registrations, find };
    const ids = Array.from({ length: 3 * LIMITS.PROVISIONING_REQUESTS_IN_FLIGHT_MAX }, (_, i) => i + 1);
    device.say(SUBSCRIBE, ...ids.map(lookup));
    await until(() => asked > 0 && device.count('puback') === LIMITS.PROVISIONING_REQUESTS_IN_FLIGHT_MAX);
    expect(device.far.isPaused()).toBe(true);
    p.registrations = registrations;
    goOn();
    await until(() => device.count('publish') === ids.length);
    const topics = device.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []));
    expect(topics).toEqual(ids.map((id) => `$dps/registrations/res/404/?$rid=${id}`));
    expect(device.far.isPaused()).toBe(false);
    device.far.destroy();
  });

  it('joins what is under way, and begins anew when it is asked to', async () => {
    const { hubClient } = p;
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    p.hubClient = (hub) => {
      const client = hubClient(hub);
      return {
        find: (...asked) => client.find(...asked),
        remove: (...asked) => client.remove(...asked),
        setStatus: (...asked) => client.setStatus(...asked),
        measureLatency: (...asked) => client.measureLatency(...asked),
        createOrRefresh: async (...asked) => {
          await held;
          return client.createOrRefresh(...asked);
        },
      };
    };
    const device = await connected('again');
    device.say(SUBSCRIBE, register(1), register(2), register(3, '&forceRegistration=true'));
    await until(() => device.count('publish') === 3);
    const [first, joined, anew] = device.received.flatMap((packet) =>
      packet.cmd === 'publish' ? [JSON.parse(packet.payload.toString()).operationId] : [],
    );
    expect(joined).toBe(first);
    expect(anew).not.toBe(first);
    p.hubClient = hubClient;
    goOn();
    device.far.destroy();
  });

  it('gives a device up that is silent for longer than it said, and one that stays too long', async () => {
    const [brief, lasting] = [
      await connected('brief', { keepalive: 10 }),
      await connected('lasting', { keepalive: 1_000 }),
    ];
    p.clock.advance(16);
    await until(() => brief.closed);
    expect(lasting.closed).toBe(false);
    p.clock.advance(LIMITS.PROVISIONING_CONNECTION_SECONDS_MAX - 600);
    lasting.say(PING);
    p.clock.advance(600);
    await until(() => lasting.closed);
    expect(lasting.count('pingresp')).toBe(1);
  });

  it('gives a device up that does not read what is sent to it', async () => {
    const device = new DeviceEnd(await connectPacket('deaf'), { reads: false });
    await until(() => device.count('connack') === 1);
    const pings = Buffer.concat(Array.from({ length: 60_000 }, () => generate(PING)));
    for (let i = 0; i < 6 && !device.closed; i++) {
      device.say(pings);
      await new Promise(setImmediate);
    }
    await until(() => device.closed);
  });

  it('takes no more connections than its bound, and says so', async () => {
    const connect = await connectPacket('crowd');
    const strangers = { ...connect, password: Buffer.from('SharedAccessSignature sr=x&sig=x&se=9999999999') };
    const held = new Promise<never>(() => {});
    const { settings } = p;
    Object.assign(p, { settings: { ...settings, get: () => held } });
    const crowd = Array.from({ length: LIMITS.PROVISIONING_CONNECTIONS_MAX }, () => new DeviceEnd(strangers));
    const one = new DeviceEnd(connect);
    await until(() => one.closed);
    expect(one.received).toMatchObject([{ cmd: 'connack', returnCode: 3 }]);
    const [attempt] = await p.attempts.list({ registrationId: 'crowd', limit: 1 });
    expect(attempt).toMatchObject({ outcome: 'refused', code: 'connection.tooMany' });
    Object.assign(p, { settings });
    for (const device of crowd) device.far.destroy();
    await until(() => gateway.stats.connections === 0);
  });

  it('survives any bytes behind the CONNECT: an answer, a close, never a fault, never another device harmed', async () => {
    const neighbour = await connected('neighbour');
    const connect = await connectPacket('fuzzed');
    const packets: Packet[] = [
      SUBSCRIBE,
      lookup(2),
      lookup(3),
      { cmd: 'unsubscribe', messageId: 4, unsubscriptions: [ANSWERS] },
      { cmd: 'puback', messageId: 3 },
      PING,
      { cmd: 'disconnect' },
      connect,
    ];
    const frames = packets.map((packet) => generate(packet));
    const damaged = fc.tuple(
      fc.shuffledSubarray(frames, { minLength: 1 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      fc.nat(),
      fc.uint8Array({ maxLength: 40 }),
    );
    const attempts = fc.asyncProperty(damaged, async ([some, flips, cut, tail]) => {
      const bytes = Buffer.concat([...some, tail]);
      for (const [at, value] of flips) bytes[at % bytes.length] = value;
      const device = new DeviceEnd(connect, { behind: bytes.subarray(0, cut % bytes.length) });
      device.say(bytes.subarray(cut % bytes.length));
      await until(() => device.received.length > 0);
      expect(device.received[0]).toMatchObject({ cmd: 'connack', returnCode: 0 });
      await new Promise(setImmediate);
      device.far.destroy();
    });
    await fc.assert(attempts, { numRuns: Number(process.env.VIADUCT_FUZZ_RUNS ?? 300) });
    expect([faults, p.faults]).toEqual([[], []]);
    neighbour.say(PING);
    await until(() => neighbour.count('pingresp') === 1);
    neighbour.far.destroy();
    await until(() => gateway.stats.connections === 0);
  });
});
