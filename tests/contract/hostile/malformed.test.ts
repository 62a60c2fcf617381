import { randomBytes } from 'node:crypto';
import { LIMITS } from '@viaduct/contracts';
import { deviceToken, startTestServer, type TestDevice, type TestServer } from '@viaduct/testkit';
import { generate } from 'mqtt-packet';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Attacker, expectBookedOnce, type ListenerName, Neighbour } from './attacker.ts';

/** Bytes that no honest client sends: refused or hung up on, booked once, and nobody else notices. */
let server: TestServer;
let neighbour: Neighbour;
let device: TestDevice;
beforeAll(async () => {
  server = await startTestServer();
  neighbour = await Neighbour.connect(server);
  device = await server.createDevice();
});
afterEach(() => neighbour.expectUnaffected());
afterAll(async () => {
  neighbour.close();
  await server.stop();
});

const AMQP_HEADER = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0]);
const frame = (size: number, doff: number, type: number, channel: number, body: Buffer = Buffer.alloc(0)) => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(size, 0);
  head.writeUInt8(doff, 4);
  head.writeUInt8(type, 5);
  head.writeUInt16BE(channel, 6);
  return Buffer.concat([AMQP_HEADER, head, body]);
};
/** An `open` whose container id is a list in a list in a list … */
const nestedOpen = (depth: number) => {
  let body = Buffer.from([0x45]);
  for (let i = 0; i < depth; i++) {
    const head = Buffer.alloc(9);
    head.writeUInt8(0xd0, 0);
    head.writeUInt32BE(body.length + 4, 1);
    head.writeUInt32BE(1, 5);
    body = Buffer.concat([head, body]);
  }
  return Buffer.concat([Buffer.from([0x00, 0x53, 0x10]), body]);
};
const framed = (body: Buffer) => frame(body.length + 8, 2, 0, 0, body);

const connectPacket = (clientId: string, userName = `host/${clientId}/?api-version=2021-04-12`) =>
  generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive: 60,
    clientId,
    username: userName,
    password: Buffer.from('x'),
  });

/** CONNECT with bytes that are not UTF-8 where the client id stands. */
function connectWithInvalidUtf8(): Buffer {
  const packet = Buffer.from(connectPacket('dddd'));
  const at = packet.indexOf('dddd');
  Buffer.from([0xc3, 0x28, 0xff, 0xfe]).copy(packet, at);
  return packet;
}

const MALFORMED: readonly [ListenerName, string, () => Buffer | string, string | RegExp][] = [
  ['mqtt', 'noise', () => Buffer.concat([Buffer.from([0xff]), randomBytes(4_096)]), /^(packet|protocol)\./],
  ['mqtt', 'an HTTP request', () => 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /^(packet|protocol|message)\./],
  ['mqtt', 'a CONNECT of 256 MB', () => Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), 'message.tooLarge'],
  ['mqtt', 'a length of five bytes', () => Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f]), 'packet.malformed'],
  ['mqtt', 'a PUBLISH first', () => Buffer.from([0x30, 3, 0, 1, 0x61]), 'protocol.violation'],
  [
    'mqtt',
    'a client id that is not UTF-8',
    connectWithInvalidUtf8,
    /^(packet\.malformed|credential\.malformed|connection\.identifierRejected|device\.idInvalid)$/,
  ],
  ['amqp', 'noise', () => randomBytes(4_096), 'packet.malformed'],
  ['amqp', 'AMQP 0.9.1', () => Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]), 'protocol.versionUnsupported'],
  ['amqp', 'a frame of length 0', () => frame(0, 2, 0, 0), 'packet.malformed'],
  ['amqp', 'a frame of length 2^32-1', () => frame(0xffff_ffff, 2, 0, 0), 'packet.malformed'],
  [
    'amqp',
    'a frame one byte beyond what was offered',
    () => frame(LIMITS.AMQP_FRAME_BYTES_MAX + 1, 2, 0, 0),
    'packet.malformed',
  ],
  ['amqp', 'a frame that begins inside its head', () => frame(16, 0, 0, 0, Buffer.alloc(8)), 'packet.malformed'],
  ['amqp', 'a frame that begins after its end', () => frame(16, 255, 0, 0, Buffer.alloc(8)), 'packet.malformed'],
  ['amqp', 'a frame of an unknown type', () => frame(16, 2, 9, 0, Buffer.alloc(8)), 'packet.malformed'],
  ['amqp', 'a channel beyond what was offered', () => frame(8, 2, 0, 0xffff), 'packet.malformed'],
  ['amqp', 'lists nested 5,000 deep', () => framed(nestedOpen(5_000)), 'packet.malformed'],
  [
    'amqp',
    'a list of 2^32-1 elements',
    () => framed(Buffer.from([0x00, 0x53, 0x10, 0xd0, 0, 0, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x40, 0x40, 0x40, 0x40])),
    'packet.malformed',
  ],
  [
    'amqp',
    'a string that is longer than its frame',
    () => framed(Buffer.from([0x00, 0x53, 0x10, 0xc0, 10, 1, 0xb1, 0x7f, 0xff, 0xff, 0xff, 0x61, 0x61, 0x61, 0x61])),
    'packet.malformed',
  ],
];

describe('malformed input', () => {
  it.each(MALFORMED)('%s: %s ends that connection and is booked once', async (listener, _what, bytes, code) => {
    const attacker = await Attacker.open(server, listener);
    attacker.say(bytes());
    await attacker.untilClosed();
    await expectBookedOnce(server, attacker.address, code);
  });

  it.each(['../../etc/passwd', '..%2f..%2fetc', 'a/b/c/d', 'nul\u0000byte', ' ', 'x'.repeat(129)])(
    'mqtt: refuses a client that calls itself %j',
    async (id) => {
      const attacker = await Attacker.open(server, 'mqtt');
      attacker.say(connectPacket(id));
      await attacker.untilClosed();
      // 4 or 2: a bad name is the client's fault, and nothing to repeat; some parsers reject the packet outright.
      expect([0, 4]).toContain(attacker.received.length);
      expect(attacker.received[3] ?? 2).not.toBe(0);
    },
  );

  it('mqtt: takes a packet that comes byte by byte', async () => {
    const attacker = await Attacker.open(server, 'mqtt');
    const packet = generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      clientId: device.deviceId,
      username: `${server.ready.hostName}/${device.deviceId}/?api-version=2021-04-12`,
      password: Buffer.from(deviceToken(device, server.ready.hostName)),
    });
    for (const byte of packet) attacker.say(Buffer.from([byte]));
    expect((await attacker.untilReceived(4)).equals(Buffer.from([0x20, 2, 0, 0]))).toBe(true);
    attacker.socket.destroy();
  });
});

describe('hostile requests over HTTPS', () => {
  async function ask(request: string | Buffer): Promise<{ status: number; text: string; attacker: Attacker }> {
    const attacker = await Attacker.open(server, 'https');
    attacker.say(request);
    const text = await attacker.untilAnswered(/^HTTP\/1\.1 \d{3} [\s\S]*\r\n\r\n/);
    return { status: Number(text.slice(9, 12)), text, attacker };
  }
  const authorized = (line: string, headers: string[] = []) =>
    [
      line,
      `Host: ${server.ready.hostName}`,
      `Authorization: ${deviceToken(device, server.ready.hostName)}`,
      ...headers,
      '',
      '',
    ].join('\r\n');

  it('answers noise with 400 and hangs up', async () => {
    const { status, attacker } = await ask('\u0001\u0002\u0003 nonsense\r\n\r\n');
    expect(status).toBe(400);
    await attacker.untilClosed();
  });

  it('answers a head of 1 MB with 431 and hangs up', async () => {
    const { status, attacker } = await ask(`GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(1_048_576)}\r\n\r\n`);
    expect(status).toBe(431);
    await attacker.untilClosed();
  });

  it('answers a body announced too large with 413, without reading it', async () => {
    const path = `/devices/${device.deviceId}/messages/events?api-version=2021-04-12`;
    const { status } = await ask(authorized(`POST ${path} HTTP/1.1`, ['Content-Length: 10000000000']));
    expect(status).toBe(413);
  });

  it('answers a chunked body that goes on and on with 413', async () => {
    const path = `/devices/${device.deviceId}/messages/events?api-version=2021-04-12`;
    const attacker = await Attacker.open(server, 'https');
    attacker.say(authorized(`POST ${path} HTTP/1.1`, ['Transfer-Encoding: chunked']));
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 0x61), Buffer.from('\r\n')]);
    for (let i = 0; i < 400 && !attacker.isClosed && attacker.received.length === 0; i++) {
      attacker.say(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await attacker.untilAnswered(/^HTTP\/1\.1 \d{3}/)).toMatch(/^HTTP\/1\.1 413/);
  });

  it.each([
    ['/devices/..%2f..%2fetc%2fpasswd'],
    ['/devices/%2e%2e/%2e%2e/etc/passwd'],
    ['/devices/%00'],
    ['/devices/%ff%fe'],
    ['/devices/a%0d%0aSet-Cookie:x'],
    ['//devices/d'],
    ['/console/../../../../etc/passwd'],
    ['/console/assets/..%2f..%2f..%2fpackage.json'],
    ['/device-uploads/..%2f..%2fhub.sqlite'],
  ])('gives nothing away at %s', async (path) => {
    const { status, text } = await ask(`GET ${path}?api-version=2021-04-12 HTTP/1.1\r\nHost: x\r\n\r\n`);
    // The console's page is what unknown paths of the console are answered with; that is public.
    expect(status === 200 ? /<title>Viaduct/.test(text) : status >= 300 && status < 500, text.slice(0, 200)).toBe(true);
    expect(text).not.toMatch(/root:|SQLite format|"workspaces"|Set-Cookie: ?x/);
  });

  it.each([
    ['JSON nested 100,000 deep', () => Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    ['objects nested 20,000 deep', () => Buffer.from(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)],
    ['bytes that are not UTF-8', () => Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
    ['half a document', () => Buffer.from('{"properties":{"desired":')],
    ['__proto__', () => Buffer.from('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')],
  ])('a back end that patches a twin with %s is answered in words', async (_what, body) => {
    const { SharedAccessSignature } = (await import('azure-iot-common')).default;
    const { hubConnectionString, hostName, ports } = server.ready;
    const key = /SharedAccessKey=(.+)$/.exec(hubConnectionString)?.[1] ?? '';
    const expiry = Math.ceil(Date.now() / 1_000) + 600;
    const token = SharedAccessSignature.create(hostName, 'iothubowner', key, expiry).toString();
    const answer = await fetch(`https://${hostName}:${ports.https}/twins/${device.deviceId}?api-version=2021-04-12`, {
      method: 'PATCH',
      headers: { authorization: token, 'content-type': 'application/json' },
      body: body() as never,
    });
    expect(answer.status).toBeLessThan(500);
    expect((await answer.json()) as object).toBeTruthy();
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
