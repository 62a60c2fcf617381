import { randomBytes, randomUUID } from 'node:crypto';
import { parseConnectionString } from '@viaduct/contracts';
import { createDevice, invokeMethod, patchTwin, sendCommand, signSas } from '@viaduct/hub';
import { deviceToken, startTestServer, type TestDevice, type TestServer, until } from '@viaduct/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  binary,
  bool,
  type Described,
  int,
  list,
  NULL,
  symbol,
  type Typed,
  text,
  timestamp,
  uint,
  ulong,
  uuid,
} from './sdk/amqp-bytes.ts';
import { selfSignedCertificate } from './sdk/certificates.ts';
import { EventTap } from './sdk/event-tap.ts';
import {
  AMQP_HEADER,
  attachFrame,
  beginFrame,
  fieldCountOf,
  frame,
  message,
  messageIn,
  openFrame,
  type PerformativeName,
  RawAmqp,
  SASL_HEADER,
  type WireFrame,
} from './sdk/raw-amqp.ts';

/**
 * What the AMQP clients of other languages trip over, byte by byte, without those clients: each test names the client that
 * minds. Source: azure-iot-sdk-csharp, -java, -c and uAMQP, azure-eventhub for Python, as read and as watched on the wire.
 */
let server: TestServer;
let tap: EventTap;
beforeAll(async () => {
  server = await startTestServer();
  tap = new EventTap(server);
});
afterAll(async () => {
  await tap.close();
  await server.stop();
});

const opened: RawAmqp[] = [];
afterEach(() => {
  for (const amqp of opened.splice(0)) amqp.close();
});
const kept = (amqp: RawAmqp) => {
  opened.push(amqp);
  return amqp;
};

const ACCEPTED = 0x24;
const REJECTED = 0x25;
const RELEASED = 0x26;

const host = () => server.ready.hostName;
const open = async () => kept(await RawAmqp.open(server));

/** A connection on which a device has put its token, as its client would name it. */
async function deviceConnection() {
  const device = await server.createDevice();
  const amqp = await open();
  const answer = await amqp.putToken(`${host()}/devices/${device.deviceId}`, deviceToken(device, host()));
  expect(statusOf(answer)).toBe(200);
  return { device, amqp, at: (path: string) => `/devices/${device.deviceId}${path}` };
}

/** The policy of the hub, for what back ends do. */
async function serviceConnection() {
  const amqp = await open();
  expect(statusOf(await amqp.putToken(`https://${host()}`, policyToken()))).toBe(200);
  return amqp;
}

function policyToken(resource = host()): string {
  const { SharedAccessKeyName = '', SharedAccessKey = '' } = parseConnectionString(server.ready.hubConnectionString);
  return signSas(resource, SharedAccessKey, Math.floor(Date.now() / 1_000) + 600, SharedAccessKeyName);
}

const statusOf = (answer: WireFrame) => messageIn(answer).application['string:status-code']?.value;
const typed = (value: Typed | undefined) => [value?.type, value?.value];
const itemsIn = (value: Typed | undefined) => (value?.value ?? []) as Typed[];
const asDescribed = (value: Typed | undefined) => value?.value as Described;
const outcomeOf = ({ fields }: WireFrame) => asDescribed(fields[4]);
const tagOf = ({ fields }: WireFrame) => fields[2]?.value as Buffer;

function command(id: string) {
  return { body: Buffer.from(id), system: { messageId: id }, application: { k: 'v' }, ack: 'full' as const };
}

/** Condition and description of the error in a detach, a close or a rejected outcome. */
function errorIn(value: Typed | undefined): { condition: Typed; description: Typed } {
  const { descriptor, of } = asDescribed(value);
  expect(descriptor).toBe(0x1d);
  const [condition, description] = of.value as [Typed, Typed];
  return { condition, description };
}

/** Part 2 §2.8.16 and what Azure adds; clients know no others. */
const KNOWN_CONDITION = /^(amqp:(link:|connection:|session:)?[a-z-]+|com\.microsoft:[a-z-]+)$/;

function expectError(value: Typed | undefined, condition: string): void {
  const error = errorIn(value);
  expect(typed(error.condition)).toEqual(['symbol', condition]);
  expect(condition).toMatch(KNOWN_CONDITION);
  expect(error.description.type).toBe('string');
  expect(error.description.value).not.toBe('');
}

describe('how a connection begins', () => {
  const initOf = (mechanism: string, response: Buffer = NULL) =>
    frame('sasl-init', [symbol(mechanism), response, text(host())]);
  const plain = (device: TestDevice) =>
    binary(`\0${device.deviceId}@sas.${host().split('.')[0]}\0${deviceToken(device, host())}`);

  it('needs no SASL (Node, C with a certificate): the plain header is answered by the plain header, then OPEN', async () => {
    const amqp = kept(await RawAmqp.connect(server));
    amqp.say(AMQP_HEADER);
    expect((await amqp.next('header')).payload).toEqual(AMQP_HEADER);
    amqp.say(openFrame(host()));
    await amqp.next('open');
    expect(amqp.history.map(({ name }) => name)).toEqual(['header', 'open']);
  });

  const inits: [string, (device: TestDevice) => Buffer][] = [
    ['MSSBCBS (C, uAMQP) without a response', () => initOf('MSSBCBS')],
    ['ANONYMOUS (C#, Java) without a response', () => initOf('ANONYMOUS')],
    ['ANONYMOUS (rhea) with a trace', () => initOf('ANONYMOUS', binary('anonymous'))],
    ['PLAIN with a token as password', (device) => initOf('PLAIN', plain(device))],
  ];
  it.each(inits)('takes %s: mechanisms, outcome 0, and the second header', async (_what, init) => {
    const device = await server.createDevice();
    const amqp = kept(await RawAmqp.connect(server));
    amqp.say(SASL_HEADER);
    expect((await amqp.next('header')).payload).toEqual(SASL_HEADER);
    const offered = (await amqp.next('sasl-mechanisms')).fields[0];
    expect(offered?.type).toBe('array');
    const names = itemsIn(offered).map(typed);
    for (const name of ['MSSBCBS', 'PLAIN', 'ANONYMOUS']) expect(names).toContainEqual(['symbol', name]);
    expect(names).not.toContainEqual(['symbol', 'EXTERNAL']);
    amqp.say(init(device));
    expect(typed((await amqp.next('sasl-outcome')).fields[0])).toEqual(['ubyte', 0]);
    amqp.say(AMQP_HEADER, openFrame(host()), beginFrame());
    expect((await amqp.next('header')).payload).toEqual(AMQP_HEADER);
    await amqp.next('begin');
  });

  it('offers EXTERNAL to who showed a certificate, and that is who the device is', async () => {
    const deviceId = `x-${randomUUID()}`;
    const { certificate, key, sha1 } = await selfSignedCertificate(deviceId);
    const x509Thumbprint = { primaryThumbprint: sha1, secondaryThumbprint: null };
    await createDevice(server.hub, { deviceId }, { authentication: { type: 'selfSigned', x509Thumbprint } });
    const amqp = kept(await RawAmqp.connect(server, { cert: certificate, key }));
    amqp.say(SASL_HEADER);
    const offered = itemsIn((await amqp.next('sasl-mechanisms')).fields[0]);
    expect(offered.map(({ value }) => value)).toContain('EXTERNAL');
    amqp.say(initOf('EXTERNAL', binary('')));
    expect((await amqp.next('sasl-outcome')).fields[0]?.value).toBe(0);
    amqp.say(AMQP_HEADER, openFrame(host()), beginFrame());
    await amqp.next('begin');
    const attach = await amqp.attach('sender', 0, { target: `/devices/${deviceId}/messages/events` });
    expect(attach.fields[6]?.type).toBe('described');
  });

  it('takes SASL and OPEN that come one byte at a time', async () => {
    const amqp = kept(await RawAmqp.connect(server));
    amqp.socket.setNoDelay(true);
    for (const byte of Buffer.concat([SASL_HEADER, initOf('MSSBCBS')])) amqp.say(Buffer.from([byte]));
    expect((await amqp.next('sasl-outcome')).fields[0]?.value).toBe(0);
    for (const byte of Buffer.concat([AMQP_HEADER, openFrame(host())])) amqp.say(Buffer.from([byte]));
    await amqp.next('open');
  });

  it('takes both headers, SASL, OPEN and BEGIN in one piece', async () => {
    const amqp = kept(await RawAmqp.connect(server));
    amqp.say(SASL_HEADER, initOf('ANONYMOUS'), AMQP_HEADER, openFrame(host()), beginFrame());
    await amqp.next('begin');
    const said = amqp.history.map(({ name, payload }) => (name === 'header' ? payload[4] : name));
    expect(said).toEqual([3, 'sasl-mechanisms', 'sasl-outcome', 0, 'open', 'begin']);
  });

  it('says with outcome 1 that a password is wrong', async () => {
    const device = await server.createDevice();
    const amqp = kept(await RawAmqp.connect(server));
    const wrong = { ...device, primaryKey: randomBytes(32).toString('base64') };
    amqp.say(SASL_HEADER, initOf('PLAIN', plain(wrong)));
    expect((await amqp.next('sasl-outcome')).fields[0]?.value).toBe(1);
    await amqp.untilClosed();
  });
});

describe('performatives', () => {
  it('have all their fields, nulls at the end included (Python counts them)', async () => {
    const { device, amqp, at } = await deviceConnection();
    const receiver = await amqp.attach('receiver', 0, { source: at('/messages/devicebound') });
    amqp.credit(0, 1);
    await sendCommand(server.hub, device, command('full length'));
    await amqp.delivery(receiver);
    amqp.say(frame('detach', [uint(0), bool(true)]));
    await amqp.next('detach');
    amqp.say(frame('end', []));
    await amqp.next('end');
    amqp.say(frame('close', []));
    await amqp.next('close');
    const seen = new Set<string>();
    for (const { name, fields } of amqp.history) {
      if (name === 'header' || name === 'empty') continue;
      seen.add(name);
      expect([name, fields.length]).toEqual([name, fieldCountOf(name as PerformativeName)]);
    }
    const all = ['open', 'begin', 'attach', 'flow', 'transfer', 'disposition', 'detach', 'end', 'close'];
    expect([...seen].sort()).toEqual(all.sort());
  });

  it('say how large frames may be, how many links there are, and both ends of each link (Python)', async () => {
    const { amqp, at } = await deviceConnection();
    const open = amqp.history.find(({ name }) => name === 'open');
    const begin = amqp.history.find(({ name }) => name === 'begin');
    expect(open?.fields[2]?.type).toBe('uint');
    expect(begin?.fields.slice(0, 5).map((field) => field.type)).toEqual(['ushort', 'uint', 'uint', 'uint', 'uint']);
    const links = [
      await amqp.attach('sender', 0, { target: at('/messages/events') }),
      await amqp.attach('receiver', 1, { source: at('/messages/devicebound') }),
      ...amqp.history.filter(({ name }) => name === 'attach').slice(0, 2),
    ];
    for (const { fields } of links) {
      expect([fields[5]?.type, fields[6]?.type]).toEqual(['described', 'described']);
      expect(fields[13]?.type).toBe('map');
    }
  });

  it.each([
    ['sender', '/messages/events'],
    ['receiver', '/messages/devicebound'],
    ['sender', '/methods/devicebound'],
    ['receiver', '/methods/devicebound'],
    ['sender', '/twin'],
    ['receiver', '/twin'],
  ] as const)('carry a real max-message-size for a %s at %s (C)', async (role, path) => {
    const { amqp, at } = await deviceConnection();
    const { fields } = await amqp.attach(role, 0, role === 'sender' ? { target: at(path) } : { source: at(path) });
    expect(fields[10]?.type).toBe('ulong');
    expect(fields[10]?.value).toBeGreaterThanOrEqual(65_536);
  });

  it('begin the count of what the server sends at 0, and give a sender 50 or more at once', async () => {
    const { amqp, at } = await deviceConnection();
    const receiver = await amqp.attach('receiver', 0, { source: at('/messages/devicebound') });
    expect(typed(receiver.fields[9])).toEqual(['uint', 0]);
    const sender = await amqp.attach('sender', 1, { target: at('/messages/events') });
    const isOurs = ({ fields }: WireFrame) => fields[4]?.value === sender.fields[1]?.value;
    const { fields } = await amqp.next('flow', isOurs);
    expect(fields.slice(4, 7).map(({ type }) => type)).toEqual(['uint', 'uint', 'uint']);
    expect(fields[6]?.value).toBeGreaterThanOrEqual(50);
  });

  it('bring back both ends of a link and its settle modes as they were asked for (C, C#)', async () => {
    const { device, amqp, at } = await deviceConnection();
    const target = `amqps://${host()}${at('/messages/Events')}`;
    const telemetry = await amqp.attach('sender', 0, { target, source: 'link-snd-1-source', settleModes: [0, 0] });
    const ends = ({ fields }: WireFrame) => [fields[5], fields[6]].map((end) => itemsIn(asDescribed(end).of)[0]?.value);
    expect(ends(telemetry)).toEqual(['link-snd-1-source', target]);
    expect(telemetry.fields.slice(3, 5).map(typed)).toEqual([
      ['ubyte', 0],
      ['ubyte', 0],
    ]);
    const source = at('/messages/devicebound');
    const commands = await amqp.attach('receiver', 1, { source, target: device.deviceId, settleModes: [2, 1] });
    expect(ends(commands)).toEqual([source, device.deviceId]);
    expect(typed(commands.fields[4])).toEqual(['ubyte', 1]);
  });

  it('may come after the end of their session: a DETACH there breaks nothing (Python)', async () => {
    const { amqp, at } = await deviceConnection();
    amqp.say(beginFrame(7));
    await amqp.next('begin');
    amqp.say(attachFrame('sender', 0, 'brief', { channel: 7, target: at('/messages/events') }));
    await amqp.attached('brief', (await sessionOf(amqp, 7)).channel);
    amqp.say(frame('end', [], 7), frame('detach', [uint(0), bool(true)], 7));
    await amqp.next('end');
    const { fields } = await amqp.attach('sender', 0, { target: at('/messages/events') });
    expect(fields[6]?.type).toBe('described');
  });
});

/** The server's channel for one of ours. */
async function sessionOf(amqp: RawAmqp, channel: number): Promise<WireFrame> {
  const isIt = ({ name, fields }: WireFrame) => name === 'begin' && fields[0]?.value === channel;
  return await until(() => amqp.history.find(isIt), { what: `the session ${channel}` });
}

describe('$cbs', () => {
  const ids: [string, Buffer][] = [
    ['a text (Node, C#)', text(randomUUID())],
    ['a uuid (Java, Python)', uuid(randomBytes(16))],
    ['a ulong of 0 (C)', ulong(0)],
    ['a ulong in short form (uAMQP)', Buffer.from([0x53, 7])],
    ['bytes', binary('id')],
  ];

  it.each(ids)('settles the request, then answers it under %s as it came, with an int', async (_what, messageId) => {
    const device = await server.createDevice();
    const amqp = await open();
    const answer = await amqp.putToken(`${host()}/devices/${device.deviceId}`, deviceToken(device, host()), {
      messageId,
    });
    const { properties, application } = messageIn(answer);
    expect(properties[5]?.bytes.equals(messageId)).toBe(true);
    expect(typed(application['string:status-code'])).toEqual(['int', 200]);
    expect(application['string:status-description']?.type).toBe('string');
    const order = amqp.history.map(({ name }) => name).filter((name) => name === 'disposition' || name === 'transfer');
    expect(order).toEqual(['disposition', 'transfer']);
  });

  it.each([
    ['servicebus.windows.net:sastoken', []],
    ['azure-devices.net:sastoken', [[text('expiration'), timestamp(253_402_300_799_000)]]],
    ['jwt', [[text('expiration'), timestamp(Date.now() - 1_000)]]],
    ['SERVICEBUS.WINDOWS.NET:SASTOKEN', [[text('expiration'), text('2020-01-01')]]],
  ] as [string, [Buffer, Buffer][]][])(
    'looks at the token, neither at its type %s nor at when that is said to expire',
    async (type, more) => {
      const device = await server.createDevice();
      const token = deviceToken(device, host());
      const answer = await (await open()).putToken(`${host()}/devices/${device.deviceId}`, token, { type, more });
      expect(statusOf(answer)).toBe(200);
    },
  );

  it.each([
    ['as C writes it', (id: string) => `${host()}/devices/${id}`],
    ['escaped, as Node does', (id: string) => `${host()}%2Fdevices%2F${id}`],
    ['escaped in small letters', (id: string) => `${host()}%2fdevices%2f${id}`],
    ['with a scheme', (id: string) => `amqps://${host()}/devices/${id}`],
    ['with a port', (id: string) => `${host()}:5671/devices/${id}`],
    ['that is empty', () => ''],
  ])('takes a name %s as the label that it is', async (_how, name) => {
    const device = await server.createDevice();
    const answer = await (await open()).putToken(name(device.deviceId), deviceToken(device, host()));
    expect(statusOf(answer)).toBe(200);
  });

  it('takes the token of a module under the name of its device (Java)', async () => {
    const { deviceId } = await server.createDevice();
    const { authentication } = await createDevice(server.hub, { deviceId, moduleId: 'm' });
    const path = `/devices/${deviceId}/modules/m`;
    const key = authentication.symmetricKey.primaryKey ?? '';
    const token = signSas(`${host()}${path}`, key, Math.floor(Date.now() / 1_000) + 600);
    const amqp = await open();
    expect(statusOf(await amqp.putToken(`${host()}/devices/${deviceId}`, token))).toBe(200);
    const { fields } = await amqp.attach('sender', 0, { target: `${path}/messages/events` });
    expect(fields[6]?.type).toBe('described');
  });

  it('has several pairs of links, under each of its addresses, on each session', async () => {
    const amqp = await open();
    amqp.say(beginFrame(1));
    const { channel } = await amqp.next('begin');
    expect(channel).toBe(1);
    for (const [handle, address] of ['$cbs', '/$cbs', `amqps://${host()}:5671/$cbs`].entries()) {
      for (const channel of [0, 1]) {
        const device = await server.createDevice();
        const pair = { handle: handle * 2, channel, address, replyTo: `cbs-${handle}`, messageId: ulong(handle) };
        expect(statusOf(await amqp.putToken('x', deviceToken(device, host()), pair))).toBe(200);
      }
    }
  });

  it.each([
    ['a wrong signature', 401, (device: TestDevice) => deviceToken({ ...device, primaryKey: 'AAAA' }, host())],
    ['a token that ran out', 401, (device: TestDevice) => deviceToken(device, host(), -60)],
    ['no token', 401, () => ''],
  ])('says what is wrong with %s, and goes on', async (_what, status, token) => {
    const device = await server.createDevice();
    const amqp = await open();
    const refused = messageIn(await amqp.putToken('x', token(device)));
    expect(typed(refused.application['string:status-code'])).toEqual(['int', status]);
    expect(refused.application['string:status-description']?.value).not.toBe('');
    const again = await amqp.putToken('x', deviceToken(device, host()), { handle: 200, replyTo: 'cbs-200' });
    expect(statusOf(again)).toBe(200);
  });
});

describe('telemetry', () => {
  it('comes to the address in mixed case behind scheme and host, with properties of each message of a batch (C)', async () => {
    const { device, amqp } = await deviceConnection();
    const target = `amqps://${host()}/Devices/${device.deviceId}/Messages/Events`;
    await amqp.attach('sender', 0, { target, source: 'link-snd-source' });
    const one = (i: number) =>
      message({
        properties: { 0: text(`b-${i}`), 5: text(`c-${i}`) },
        application: [[text('n'), text(String(i))]],
        data: [`{"n":${i}}`],
      });
    const id = amqp.transfer(0, message({ data: [one(0), one(1), one(2)] }), { format: 0x80013700 });
    const disposition = await amqp.next('disposition', ({ fields }) => fields[1]?.value === id);
    expect([outcomeOf(disposition).descriptor, disposition.fields[3]?.value]).toEqual([ACCEPTED, true]);
    const events = await tap.telemetryOf(device, 3);
    expect(events.map(({ body, messageId, properties }) => [body, messageId, properties])).toEqual(
      [0, 1, 2].map((n) => [{ n }, `b-${n}`, { n: String(n) }]),
    );
  });

  it('may have no body (C#), and is accepted one by one where it was sent unsettled (Java)', async () => {
    const { device, amqp, at } = await deviceConnection();
    await amqp.attach('sender', 0, { target: at('/messages/events'), settleModes: [0, 0] });
    const first = amqp.transfer(0, message({ properties: { 0: uuid(Buffer.alloc(16, 0xab)) } }));
    const second = amqp.transfer(0, message({ data: ['x'], application: [[text('k'), int(3)]] }));
    const accepted = new Set<number>();
    while (accepted.size < 2) {
      const { fields } = await amqp.next('disposition');
      for (let id = Number(fields[1]?.value); id <= Number(fields[2]?.value ?? fields[1]?.value); id++)
        if (id === first || id === second) accepted.add(id);
    }
    const [bodyless, other] = await tap.telemetryOf(device, 2);
    expect(bodyless?.messageId).toBe('abababab-abab-abab-abab-abababababab');
    expect(other?.properties).toEqual({ k: '3' });
  });

  it('that cannot be kept is rejected with a condition and words (Java reads both)', async () => {
    const { amqp, at } = await deviceConnection();
    await amqp.attach('sender', 0, { target: at('/messages/events') });
    const id = amqp.transfer(0, message({ value: list([text('a list')]) }));
    const { descriptor, of } = outcomeOf(await amqp.next('disposition', ({ fields }) => fields[1]?.value === id));
    expect(descriptor).toBe(REJECTED);
    expectError((of.value as Typed[])[0], 'com.microsoft:argument-error');
    const large = amqp.transfer(0, message({ data: ['good again'] }));
    const next = await amqp.next('disposition', ({ fields }) => fields[1]?.value === large);
    expect(outcomeOf(next).descriptor).toBe(ACCEPTED);
  });

  it('of several devices goes over sessions of one connection, under the same names of links (C#)', async () => {
    const amqp = await open();
    const devices: TestDevice[] = [];
    for (const channel of [0, 1, 2]) {
      if (channel > 0) {
        amqp.say(beginFrame(channel));
        await amqp.next('begin');
      }
      const device = await server.createDevice();
      devices.push(device);
      const token = deviceToken(device, host());
      expect(statusOf(await amqp.putToken(`${host()}/devices/${device.deviceId}`, token, { channel }))).toBe(200);
      const target = `/devices/${device.deviceId}/messages/events`;
      amqp.say(attachFrame('sender', 0, 'TelemetrySenderLink', { channel, target, source: device.deviceId }));
      await amqp.attached('TelemetrySenderLink', channel);
    }
    for (const channel of [0, 1, 2]) {
      const id = amqp.transfer(0, message({ data: [`"${channel}"`] }), { channel });
      const isIt = (each: WireFrame) => each.channel === channel && each.fields[1]?.value === id;
      expect(outcomeOf(await amqp.next('disposition', isIt)).descriptor).toBe(ACCEPTED);
    }
    for (const [channel, device] of devices.entries()) expect((await tap.firstOf(device)).body).toBe(String(channel));
  });
});

describe('a command', () => {
  it('has a tag of 16 bytes, the types that C# reads, texts in all properties and one data section', async () => {
    const { device, amqp, at } = await deviceConnection();
    const link = await amqp.attach('receiver', 0, { source: at('/messages/devicebound') });
    await sendCommand(server.hub, device, command('typed'));
    amqp.credit(0, 1);
    const delivery = await amqp.delivery(link);
    expect([delivery.fields[2]?.type, tagOf(delivery).length]).toEqual(['binary', 16]);
    const { codes, annotations, properties, application, data } = messageIn(delivery);
    const types = Object.entries(annotations).map(([key, { type }]) => [key, type]);
    expect(Object.fromEntries(types)).toEqual({
      'symbol:iothub-enqueuedtime': 'timestamp',
      'symbol:iothub-deliverycount': 'ubyte',
      'symbol:x-opt-sequence-number': 'ulong',
      'symbol:x-opt-lock-token': 'string',
    });
    expect([0, 2].map((i) => typed(properties[i]))).toEqual([
      ['string', 'typed'],
      ['string', at('/messages/deviceBound')],
    ]);
    expect(properties[8]?.type).toBe('timestamp');
    expect(Object.values(application).map(typed)).toEqual([
      ['string', 'v'],
      ['string', 'full'],
    ]);
    expect(codes.filter((code) => code >= 0x75)).toEqual([0x75]);
    expect(data?.toString()).toBe('typed');
  });

  it('is settled by the server when the receiver settles second (C#), once it is done with', async () => {
    const { device, amqp, at } = await deviceConnection();
    const link = await amqp.attach('receiver', 0, { source: at('/messages/devicebound'), settleModes: [2, 1] });
    await sendCommand(server.hub, device, command('second'));
    amqp.credit(0, 1);
    const { fields } = await amqp.delivery(link);
    const id = Number(fields[1]?.value);
    expect(fields[4]?.value).not.toBe(true);
    amqp.outcome(id, ACCEPTED, false);
    const answer = await amqp.next('disposition', (each) => each.fields[0]?.value === false);
    expect(answer.fields.slice(1, 4).map(({ value }) => value)).toEqual([id, id, true]);
    expect(outcomeOf(answer).descriptor).toBe(ACCEPTED);
    expect(await server.hub.commands.depth(device)).toBe(0);
  });

  it('comes one for each credit (Java), the same again when it was released', async () => {
    const { device, amqp, at } = await deviceConnection();
    const link = await amqp.attach('receiver', 0, { source: at('/messages/devicebound') });
    for (const id of ['1', '2']) await sendCommand(server.hub, device, command(id));
    const heard: unknown[] = [];
    for (const [i, outcome] of [RELEASED, ACCEPTED, ACCEPTED].entries()) {
      const nothing = [uint(0), uint(2_048), uint(0), uint(2_048)];
      amqp.say(frame('flow', [...nothing, uint(0), uint(i), uint(1)]));
      const delivery = await amqp.delivery(link);
      const { annotations, data } = messageIn(delivery);
      heard.push([data?.toString(), annotations['symbol:iothub-deliverycount']?.value]);
      amqp.outcome(Number(delivery.fields[1]?.value), outcome);
    }
    expect(heard).toEqual([
      ['1', 0],
      ['1', 1],
      ['2', 0],
    ]);
    await until(async () => (await server.hub.commands.depth(device)) === 0, { what: 'both are done with' });
  });
});

describe('a method', () => {
  it('is called by a uuid and the exact name of its property, and answered under the uuid (C, C#, Java)', async () => {
    const { device, amqp, at } = await deviceConnection();
    const properties = [['com.microsoft:channel-correlation-id', `methods:${randomUUID()}`]] as const;
    const settleModes = [0, 0] as const;
    await amqp.attach('sender', 0, { target: at('/methods/devicebound'), properties, settleModes });
    const link = await amqp.attach('receiver', 1, { source: at('/methods/devicebound'), properties });
    amqp.credit(1, 1);
    const call = { methodName: 'Do It', payload: { a: 1 }, responseTimeoutSeconds: 10 };
    const answered = invokeMethod(server.hub, device, call, new AbortController().signal);
    const delivery = await amqp.delivery(link);
    expect(delivery.fields[4]?.value).toBe(true);
    const { codes, properties: fields, application, data } = messageIn(delivery);
    expect([fields[5]?.type, fields[5]?.bytes[0]]).toEqual(['uuid', 0x98]);
    expect(typed(application['string:IoThub-methodname'])).toEqual(['string', 'Do It']);
    expect(codes.at(-1)).toBe(0x75);
    expect(data?.toString()).toBe('{"a":1}');
    const id = amqp.transfer(
      0,
      message({
        properties: { 5: uuid(fields[5]?.value as Buffer) },
        application: [[text('IoThub-status'), int(207)]],
        data: ['{"done":true}'],
      }),
    );
    expect(await answered).toMatchObject({ status: 207 });
    const disposition = await amqp.next('disposition', (each) => each.fields[1]?.value === id);
    expect([outcomeOf(disposition).descriptor, disposition.fields[3]?.value]).toEqual([ACCEPTED, true]);
  });
});

describe('a twin', () => {
  const operation = (name: string, resource?: string, version?: Buffer) => [
    [symbol('operation'), text(name)] as const,
    ...(resource === undefined ? [] : [[symbol('resource'), text(resource)] as const]),
    ...(version === undefined ? [] : [[symbol('version'), version] as const]),
  ];

  async function twinLinks() {
    const connection = await deviceConnection();
    const { amqp, at } = connection;
    const properties = [['com.microsoft:channel-correlation-id', `twin:${randomUUID()}`]] as const;
    await amqp.attach('sender', 0, { target: at('/twin'), properties, settleModes: [0, 0] });
    const link = await amqp.attach('receiver', 1, { source: at('/twin'), properties, settleModes: [1, 0] });
    amqp.credit(1, 10);
    return { ...connection, link };
  }

  const ids: [string, Buffer][] = [
    ['a text with a word before it (C#)', text(`Get${randomUUID()}`)],
    ['a uuid (Java)', uuid(randomBytes(16))],
    ['a uuid as text (Node, C)', text(randomUUID())],
  ];
  it.each(ids)('is answered under %s, settled, status an int, keys symbols, one data section', async (_what, id) => {
    const { amqp, link } = await twinLinks();
    const request = amqp.transfer(0, message({ annotations: operation('GET'), properties: { 5: id } }));
    const delivery = await amqp.delivery(link);
    expect(delivery.fields[4]?.value).toBe(true);
    const { codes, annotations, properties, data } = messageIn(delivery);
    expect(properties[5]?.bytes.equals(id)).toBe(true);
    expect(typed(annotations['symbol:status'])).toEqual(['int', 200]);
    expect(codes.filter((code) => code >= 0x75)).toEqual([0x75]);
    expect(JSON.parse(String(data))).toEqual({ desired: { $version: 1 }, reported: { $version: 1 } });
    const accepted = await amqp.next('disposition', (each) => each.fields[1]?.value === request);
    expect(outcomeOf(accepted).descriptor).toBe(ACCEPTED);
  });

  it.each([
    ['null (C#)', NULL],
    ['an int (Java)', int(1)],
  ])('takes a version that is %s, and says the new one as a long', async (_what, version) => {
    const { amqp, link } = await twinLinks();
    const annotations = operation('PATCH', '/properties/reported', version);
    amqp.transfer(0, message({ annotations, properties: { 5: text('Patch1') }, data: ['{"n":1}'] }));
    const answer = messageIn(await amqp.delivery(link));
    expect(typed(answer.annotations['symbol:status'])).toEqual(['int', 204]);
    expect(typed(answer.annotations['symbol:version'])).toEqual(['long', 2]);
    expect(answer.codes.at(-1)).toBe(0x75);
  });

  it('says errors in JSON, whatever the request was (Node parses it)', async () => {
    const { amqp, link } = await twinLinks();
    const annotations = operation('PATCH', '/properties/reported');
    amqp.transfer(0, message({ annotations, properties: { 5: text('Patch2') }, data: ['not "json'] }));
    const { annotations: said, data } = messageIn(await amqp.delivery(link));
    expect(typed(said['symbol:status'])).toEqual(['int', 400]);
    expect(JSON.parse(String(data))).toEqual(expect.objectContaining({}));
  });

  it('tells of desired without an id, with a resource and a long, after PUT without a body (C#)', async () => {
    const { device, amqp, link } = await twinLinks();
    const annotations = operation('PUT', '/notifications/twin/properties/desired', NULL);
    amqp.transfer(0, message({ annotations, properties: { 5: text('Put1') } }));
    expect(typed(messageIn(await amqp.delivery(link)).annotations['symbol:status'])).toEqual(['int', 200]);
    await patchTwin(server.hub, device, { desired: { t: 21 } });
    const { annotations: said, properties, data } = messageIn(await amqp.delivery(link));
    expect(properties[5]?.value ?? null).toBeNull();
    expect(typed(said['symbol:resource'])).toEqual(['string', '/properties/desired']);
    expect(typed(said['symbol:version'])).toEqual(['long', 2]);
    expect(JSON.parse(String(data))).toEqual({ t: 21, $version: 2 });
  });
});

describe('what is refused', () => {
  it('is a link with a null end, and a DETACH with a condition and words', async () => {
    const { amqp, at } = await deviceConnection();
    const other = await server.createDevice();
    const refusals: [string, string][] = [
      [at('/nothing/here'), 'amqp:not-found'],
      [`/devices/${other.deviceId}/messages/events`, 'amqp:unauthorized-access'],
      ['/messages/devicebound', 'amqp:unauthorized-access'],
    ];
    for (const [handle, [target, condition]] of refusals.entries()) {
      const attach = await amqp.attach('sender', handle, { target });
      expect([attach.fields[6]?.type, attach.fields[13]?.type]).toEqual(['null', 'map']);
      const { fields } = await amqp.next('detach');
      expect(fields[1]?.value).toBe(true);
      expectError(fields[2], condition);
    }
  });

  it('is a connection that a newer one of the device takes the place of: CLOSE or DETACH says so', async () => {
    const { device, amqp, at } = await deviceConnection();
    await amqp.attach('sender', 0, { target: at('/messages/events') });
    const newer = await open();
    expect(statusOf(await newer.putToken('x', deviceToken(device, host())))).toBe(200);
    await newer.attach('sender', 0, { target: at('/messages/events') });
    const said = await until(() => amqp.history.find(({ name }) => name === 'detach' || name === 'close'), {
      what: 'the older connection hears of it',
    });
    expectError(said.fields[said.name === 'close' ? 0 : 2], 'amqp:link:stolen');
  });

  it('is a command for nobody: rejected with a condition and words (Java)', async () => {
    const amqp = await serviceConnection();
    await amqp.attach('sender', 0, { target: `amqps://${host()}/messages/deviceBound` });
    const to = text('/devices/nobody/messages/devicebound');
    const id = amqp.transfer(0, message({ properties: { 0: text('m'), 2: to }, data: ['x'] }));
    const { descriptor, of } = outcomeOf(await amqp.next('disposition', ({ fields }) => fields[1]?.value === id));
    expect(descriptor).toBe(REJECTED);
    expectError((of.value as Typed[])[0], 'amqp:not-found');
  });

  it('are events under the name of the hub: where they are is said in the DETACH (az, IoT Explorer)', async () => {
    const amqp = await serviceConnection();
    await amqp.attach('receiver', 0, { source: `amqps://${host()}/messages/events/$management` });
    const error = (await amqp.next('detach')).fields[2];
    expectError(error, 'amqp:link:redirect');
    const [, , info] = itemsIn(asDescribed(error).of);
    const entries = Object.fromEntries(pairsOf(info));
    expect(entries).toMatchObject({ 'symbol:hostname': host(), 'symbol:network-host': host() });
    expect(entries['symbol:address']).toMatch(/^amqps:\/\/[^/]+:\d+\/[^/]+\/\$management$/);
  });
});

function pairsOf(map: Typed | undefined): [string, unknown][] {
  const items = itemsIn(map);
  return items.flatMap((key, i) =>
    i % 2 === 0 ? [[`${key.type}:${key.value}`, items[i + 1]?.value] as [string, unknown]] : [],
  );
}

describe('what a back end hears', () => {
  const DIGITS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/;

  it('of commands: feedback with the fields that C# and Java cannot do without, in ASCII, one for each credit', async () => {
    const { device, amqp: deviceAmqp, at } = await deviceConnection();
    const link = await deviceAmqp.attach('receiver', 0, { source: at('/messages/devicebound') });
    const body = { ...command('heard'), system: { messageId: 'gehört' } };
    await sendCommand(server.hub, device, body);
    deviceAmqp.credit(0, 1);
    const { fields: sent } = await deviceAmqp.delivery(link);
    deviceAmqp.outcome(Number(sent[1]?.value), ACCEPTED);
    const amqp = await serviceConnection();
    const feedback = await amqp.attach('receiver', 0, { source: '/messages/serviceBound/feedback' });
    amqp.credit(0, 1);
    const delivery = await amqp.delivery(feedback);
    amqp.outcome(Number(delivery.fields[1]?.value), ACCEPTED);
    expect(tagOf(delivery).length).toBe(16);
    const { codes, annotations, properties, data = Buffer.alloc(0) } = messageIn(delivery);
    expect(properties[1]).toMatchObject({ type: 'binary', value: Buffer.from(host().split('.')[0] ?? '') });
    expect(properties[6]?.value).toBe('application/vnd.microsoft.iothub.feedback.json');
    expect(annotations['symbol:iothub-enqueuedtime']?.type).toBe('timestamp');
    expect(codes.filter((code) => code >= 0x75)).toEqual([0x75]);
    expect(data.every((byte) => byte >= 0x20 && byte < 0x7f)).toBe(true);
    expect(JSON.parse(String(data))).toContainEqual({
      originalMessageId: 'gehört',
      description: 'Success',
      deviceGenerationId: expect.any(String),
      deviceId: device.deviceId,
      enqueuedTimeUtc: expect.stringMatching(DIGITS),
      statusCode: 'Success',
    });
  });

  it.each([
    ['C', '/', '/notifications/'],
    ['Python', '', '/notifications'],
  ])('of files: the two shapes of time that Java reads, after an upload as %s does it', async (_client, start, end) => {
    const device = await server.createDevice();
    const base = `https://${host()}:${server.ready.ports.https}`;
    const headers = { authorization: deviceToken(device, host()), 'content-type': 'application/json' };
    const post = (path: string, body: object) =>
      fetch(`${base}/devices/${device.deviceId}/files${path}?api-version=2016-11-14`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
    const granted = await post(start, { blobName: 'ölstand.txt' });
    expect(granted.status).toBe(200);
    const { correlationId, hostName, containerName, blobName, sasToken } = (await granted.json()) as Record<
      string,
      string
    >;
    const put = await fetch(`https://${hostName}/${containerName}/${encodeURI(blobName ?? '')}${sasToken}`, {
      method: 'PUT',
      headers: { 'x-ms-blob-type': 'BlockBlob' },
      body: '21.5',
    });
    expect(put.status).toBe(201);
    const done = { correlationId, isSuccess: true, statusCode: 200, statusDescription: 'ok' };
    expect((await post(end, done)).status).toBe(204);

    const amqp = await serviceConnection();
    const link = await amqp.attach('receiver', 0, { source: '/messages/serviceBound/filenotifications' });
    amqp.credit(0, 1);
    const delivery = await amqp.delivery(link);
    amqp.outcome(Number(delivery.fields[1]?.value), ACCEPTED);
    expect(tagOf(delivery).length).toBe(16);
    const { codes, annotations, properties, data = Buffer.alloc(0) } = messageIn(delivery);
    expect(properties[6]?.value).toBe('application/vnd.microsoft.iothub.filenotification.json');
    expect(annotations['symbol:iothub-enqueuedtime']?.type).toBe('timestamp');
    expect(codes.filter((code) => code >= 0x75)).toEqual([0x75]);
    expect(data.every((byte) => byte >= 0x20 && byte < 0x7f)).toBe(true);
    expect(JSON.parse(String(data))).toEqual({
      deviceId: device.deviceId,
      blobUri: expect.stringMatching(/^https:/),
      blobName: `${device.deviceId}/ölstand.txt`,
      lastUpdatedTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      blobSizeInBytes: 4,
      enqueuedTimeUtc: expect.stringMatching(DIGITS),
    });
  });
});
