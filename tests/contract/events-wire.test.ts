import { createHmac, randomUUID } from 'node:crypto';
import { parseConnectionString } from '@viaduct/contracts';
import { AuthMethod, encodeRecord, purgeCommands, Source, signSas } from '@viaduct/hub';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  binary,
  type Described,
  describedBy,
  entriesOf,
  int,
  list,
  long,
  map,
  NULL,
  readTyped,
  symbol,
  type Typed,
  text,
  uint,
  ulong,
  uuid,
} from './sdk/amqp-bytes.ts';
import {
  AMQP_HEADER,
  type AttachFields,
  beginFrame,
  frame,
  message,
  messageIn,
  openFrame,
  RawAmqp,
  SASL_HEADER,
  type WireFrame,
} from './sdk/raw-amqp.ts';

/**
 * The Event Hubs-compatible endpoint byte by byte, in the forms that the clients of other languages send, each named. Source:
 * Azure.Messaging.EventHubs (.NET), azure-messaging-eventhubs (Java), azure-eventhub (Python), azeventhubs (Go), az and IoT Explorer.
 */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (let i = 0; i < EVENTS; i++) await say(i);
});
afterAll(() => server.stop());

const opened: RawAmqp[] = [];
afterEach(() => {
  for (const amqp of opened.splice(0)) amqp.close();
});

const EVENTS = 5;
const SECTION_DELIVERY_ANNOTATIONS = 0x71;
const ACCEPTED = 0x24;
const NEWEST = EVENTS - 1;
const host = () => server.ready.hostName;
const source = (partition = '0', group = '$Default') => `viaduct/ConsumerGroups/${group}/Partitions/${partition}`;
const owner = () => {
  const { SharedAccessKeyName: policy = '', SharedAccessKey: key = '' } = parseConnectionString(
    server.ready.hubConnectionString,
  );
  return { policy, key };
};

async function say(n: number, partition = 0): Promise<void> {
  const speaker = { deviceId: 'd', generationId: '1', authMethod: AuthMethod.deviceKey, modelId: null };
  await server.hub.log.append(partition, encodeRecord(speaker, Source.telemetry, 0, '', Buffer.from(String(n))));
}

async function open(): Promise<RawAmqp> {
  const amqp = await RawAmqp.open(server);
  opened.push(amqp);
  return amqp;
}

/** As Event Hubs clients sign: with the text of the key. IoT clients sign with the bytes that it is the base64 of. */
function eventHubsToken(resource = `sb://${host()}/viaduct`, seconds = 600): string {
  const { policy, key } = owner();
  const expiry = Math.floor(Date.now() / 1_000) + seconds;
  const sr = encodeURIComponent(resource);
  const signature = createHmac('sha256', key).update(`${sr}\n${expiry}`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${policy}`;
}

async function reading(): Promise<RawAmqp> {
  const amqp = await open();
  expect(statusOf(await amqp.putToken(`sb://${host()}/viaduct`, eventHubsToken(), { type: 'jwt' }))).toBe(200);
  return amqp;
}

const statusOf = (answer: WireFrame) => messageIn(answer).application['string:status-code']?.value;
const asDescribed = (value: Typed | undefined) => value?.value as Described;
const itemsIn = (value: Typed | undefined) => (value?.value ?? []) as Typed[];
const sequenceNumberOf = (delivery: WireFrame) => messageIn(delivery).annotations['symbol:x-opt-sequence-number'];
const DESCRIPTORS = {
  JS: ulong(0x468c_0000_0004),
  '.NET': ulong(0x13_7000_000a),
  'Java, Python': symbol('apache.org:selector-filter:string'),
} as const;

function selector(words: string, descriptor: Buffer = DESCRIPTORS['Java, Python']): Buffer {
  return map([[symbol('apache.org:selector-filter:string'), describedBy(descriptor, text(words))]]);
}

/** Condition and words of the error with which a link of ours was detached. */
async function refusalOf(amqp: RawAmqp): Promise<[unknown, string]> {
  const error = asDescribed((await amqp.next('detach')).fields[2]);
  expect(error.descriptor).toBe(0x1d);
  const [condition, description] = itemsIn(error.of);
  expect([condition?.type, description?.type]).toEqual(['symbol', 'string']);
  return [condition?.value, String(description?.value)];
}

async function refused(role: 'sender' | 'receiver', fields: AttachFields): Promise<[unknown, string]> {
  const amqp = await reading();
  await amqp.attach(role, 0, fields);
  return await refusalOf(amqp);
}

describe('$management', () => {
  const properties = (messageId: Buffer) => ({ 0: messageId, 4: text('replies') });
  const read = (more: Record<string, Buffer>, messageId = text('1')) =>
    message({
      properties: properties(messageId),
      application: Object.entries({ operation: text('READ'), name: text('viaduct'), ...more }).map(
        ([name, value]) => [text(name), value] as const,
      ),
      data: ['[]'],
    });

  async function asked(amqp: RawAmqp, request: Buffer, address = '$management'): Promise<WireFrame> {
    await amqp.attach('sender', 0, { target: address });
    const replies = await amqp.attach('receiver', 1, { source: address, target: 'replies' });
    amqp.credit(1, 10);
    amqp.transfer(0, request);
    return await amqp.delivery(replies);
  }
  const valueIn = ({ payload }: WireFrame) => {
    for (let at = 0; at < payload.length; ) {
      const section = readTyped(payload, at);
      if (asDescribed(section).descriptor === 0x77) return entriesOf(asDescribed(section).of);
      at += section.bytes.length;
    }
    return {};
  };
  const typesIn = (answer: WireFrame) =>
    Object.fromEntries(Object.entries(valueIn(answer)).map(([key, { type }]) => [key.slice(7), type]));

  it.each([
    ['.NET, Java, JS, Python', '$management'],
    ['Go, az', 'viaduct/$management'],
    ['in other cases', '/VIADUCT/$Management'],
    ['as a URL', 'amqps://HOST/viaduct/$management'],
  ])('is asked at the address of %s: %s', async (_client, address) => {
    const amqp = await reading();
    const answer = await asked(amqp, read({ type: text('com.microsoft:eventhub') }), address);
    expect(typesIn(answer)).toEqual({
      name: 'string',
      type: 'string',
      created_at: 'timestamp',
      partition_count: 'int',
      partition_ids: 'array',
      georeplication_factor: 'int',
    });
    expect(valueIn(answer)['string:georeplication_factor']?.value).toBe(1);
  });

  it('says of a partition what .NET and Java cast: longs, texts, times', async () => {
    const amqp = await reading();
    const answer = await asked(amqp, read({ type: text('com.microsoft:partition'), partition: text('0') }));
    expect(typesIn(answer)).toEqual({
      name: 'string',
      type: 'string',
      partition: 'string',
      begin_sequence_number: 'long',
      last_enqueued_sequence_number: 'long',
      last_enqueued_offset: 'string',
      last_enqueued_time_utc: 'timestamp',
      is_partition_empty: 'boolean',
      runtime_info_retrieval_time_utc: 'timestamp',
    });
  });

  it('says of an empty partition that nothing is there, with numbers below zero', async () => {
    const answer = await asked(await reading(), read({ type: text('com.microsoft:partition'), partition: text('3') }));
    const value = valueIn(answer);
    expect(value['string:last_enqueued_sequence_number']).toMatchObject({ type: 'long', value: -1 });
    expect(value['string:last_enqueued_offset']?.value).toBe('-1');
    expect(value['string:is_partition_empty']?.value).toBe(true);
  });

  it('says of a consumer group since when it is there', async () => {
    const type = text('com.microsoft:consumergroup');
    const answer = await asked(await reading(), read({ type, consumer_group: text('$default') }));
    expect(valueIn(answer)['string:consumer_group']?.value).toBe('$Default');
    expect(typesIn(answer).created_at).toBe('timestamp');
  });

  it.each([
    ['a token in each request, and none on the connection (.NET)', false, () => text(eventHubsToken()), 200],
    ['a number where the token goes (Python)', true, () => int(0), 200],
    ['no token at all', false, () => NULL, 401],
    ['a wrong token in the request, and a good one on the connection', true, () => text(wrong()), 401],
  ])('judges %s', async (_what, withClaim, token, status) => {
    const amqp = withClaim ? await reading() : await open();
    const request = read({ type: text('com.microsoft:eventhub'), security_token: token() });
    const answer = await asked(amqp, request);
    expect(messageIn(answer).application['string:status-code']).toMatchObject({ type: 'int', value: status });
    if (status !== 200) {
      const condition = messageIn(answer).application['string:error-condition'];
      expect([condition?.type, condition?.value]).toEqual(['symbol', 'amqp:unauthorized-access']);
    }
  });
  const wrong = () => eventHubsToken().replace(/sig=../, 'sig=AA');

  it.each([
    ['a partition that is not there', { type: text('com.microsoft:partition'), partition: text('9') }, 404],
    ['a partition without a name', { type: text('com.microsoft:partition') }, 404],
    ['another event hub', { type: text('com.microsoft:eventhub'), name: text('other') }, 404],
    [
      'a consumer group that is not there',
      { type: text('com.microsoft:consumergroup'), consumer_group: text('x') },
      404,
    ],
    ['another kind of thing', { type: text('com.microsoft:queue') }, 400],
    ['another operation', { type: text('com.microsoft:eventhub'), operation: text('DELETE') }, 400],
  ])('refuses %s', async (_what, more: Record<string, Buffer>, status) => {
    const { application } = messageIn(await asked(await reading(), read(more)));
    expect(application['string:status-code']).toMatchObject({ type: 'int', value: status });
    const condition = status === 404 ? 'amqp:not-found' : 'com.microsoft:argument-error';
    expect(application['string:error-condition']).toMatchObject({ type: 'symbol', value: condition });
  });

  it.each([
    ['a text', text(randomUUID())],
    ['a uuid (pyamqp)', uuid(Buffer.alloc(16, 7))],
    ['a ulong (uAMQP)', ulong(3)],
  ])('settles the request, then answers it under %s as it came', async (_what, messageId) => {
    const amqp = await reading();
    const answer = await asked(amqp, read({ type: text('com.microsoft:eventhub') }, messageId));
    expect(messageIn(answer).properties[5]?.value).toEqual(readTyped(messageId).value);
    const names = amqp.history.map(({ name }) => name);
    expect(names.lastIndexOf('disposition')).toBeLessThan(names.lastIndexOf('transfer'));
  });
});

describe('a reader', () => {
  const FORMS: [client: string, fields: () => AttachFields][] = [
    [
      'JS',
      () => ({
        source: source('0', '$default'),
        filter: selector("amqp.annotation.x-opt-offset > '-1'", DESCRIPTORS.JS),
      }),
    ],
    [
      '.NET',
      () => ({
        source: `/${source()}`,
        target: randomUUID(),
        filter: selector('amqp.annotation.x-opt-offset > -1', DESCRIPTORS['.NET']),
        settleModes: [1, 0],
        properties: [
          ['com.microsoft:entity-type', int(6)],
          ['com.microsoft:timeout', uint(60_000)],
        ],
      }),
    ],
    [
      'Java',
      () => ({ source: source(), settleModes: [0, 1], filter: selector("amqp.annotation.x-opt-offset > '-1'") }),
    ],
    ['Go', () => ({ source: source(), settleModes: [2, 0], filter: selector("amqp.annotation.x-opt-offset >= '0'") })],
    [
      'Python',
      () => ({ source: `amqps://${host()}/${source()}`, filter: selector("amqp.annotation.x-opt-offset > '-1'") }),
    ],
    ['C', () => ({ source: source(), filter: selector('amqp.annotation.x-opt-enqueuedtimeutc > 0') })],
    ['anybody who shouts', () => ({ source: `AMQPS://${host().toUpperCase()}/${source().toUpperCase()}` })],
  ];
  it.each(FORMS)('gets the oldest event in the form of %s, and both ends of its link back', async (_client, fields) => {
    const amqp = await reading();
    const attach = await amqp.attach('receiver', 0, fields());
    expect([attach.fields[5]?.type, attach.fields[6]?.type, attach.fields[13]?.type]).toEqual([
      'described',
      'described',
      'map',
    ]);
    const [address] = itemsIn(asDescribed(attach.fields[5]).of);
    expect(address?.value).toBe(fields().source);
    amqp.credit(0, 1);
    expect(sequenceNumberOf(await amqp.delivery(attach))).toMatchObject({ type: 'long', value: 0 });
  });

  it.each([
    ['nothing', undefined, 0],
    ['from the start', "amqp.annotation.x-opt-offset > '-1'", 0],
    ['after an offset', "amqp.annotation.x-opt-offset > '1'", 2],
    ['at an offset', "amqp.annotation.x-opt-offset >= '1'", 1],
    ['by the old name', "amqp.annotation.x-opt-offset-long > '1'", 2],
    ['after a sequence number, bare', 'amqp.annotation.x-opt-sequence-number > 2', 3],
    ['at a sequence number', "amqp.annotation.x-opt-sequence-number >= '2'", 2],
    ['after a time before all', "amqp.annotation.x-opt-enqueued-time > '-62135596800000'", 0],
    ['with more blanks', " amqp.annotation.x-opt-offset   >=   '4' ", 4],
    ['latest, and then an event', 'amqp.annotation.x-opt-offset > @latest', 'new'],
  ])('starts where its filter says: %s', async (_what, words, first) => {
    const amqp = await reading();
    const partition = first === 'new' ? '1' : '0';
    const filter = words === undefined ? {} : { filter: selector(words) };
    const attach = await amqp.attach('receiver', 0, { source: source(partition), ...filter });
    amqp.credit(0, 1);
    const { next } = server.hub.log.bounds(1);
    if (first === 'new') await say(0, 1);
    expect(sequenceNumberOf(await amqp.delivery(attach))?.value).toBe(first === 'new' ? next : first);
  });

  it.each([
    ['no sentence', text('give me all')],
    ['nothing to compare with', text('amqp.annotation.x-opt-offset >')],
    ['another comparison', text("amqp.annotation.x-opt-offset < '5'")],
    ['an annotation that is not indexed', text("amqp.annotation.iothub-connection-device-id > '1'")],
    ['two conditions', text("amqp.annotation.x-opt-offset > '1' AND amqp.annotation.x-opt-offset > '2'")],
    ['a number of a thousand digits', text(`amqp.annotation.x-opt-offset > '${'9'.repeat(1_000)}'`)],
    ['an offset of another log', text("amqp.annotation.x-opt-offset > '123456789'")],
    ['a sentence of 60,000 characters', text(`amqp.annotation.${'x'.repeat(60_000)} > 1`)],
    ['a number', long(7)],
    ['a list of lists', list([list([list([])])])],
  ])('is refused a filter that is %s', async (_what, value) => {
    const filter = map([[symbol('apache.org:selector-filter:string'), describedBy(DESCRIPTORS['.NET'], value)]]);
    const [condition, words] = await refused('receiver', { source: source(), filter });
    expect(condition).toBe('com.microsoft:argument-error');
    expect(words.length).toBeLessThan(400);
  });

  it.each([
    ['a partition that is not there', 'receiver', source('4'), 'amqp:not-found'],
    ['a partition with a name', 'receiver', source('x'), 'amqp:not-found'],
    ['a consumer group that is not there', 'receiver', source('0', 'nobody'), 'amqp:not-found'],
    ['another event hub', 'receiver', 'other/ConsumerGroups/$Default/Partitions/0', 'amqp:not-found'],
    ['the event hub, to publish', 'sender', 'viaduct', 'amqp:unauthorized-access'],
    ['a partition, to publish', 'sender', 'viaduct/Partitions/0', 'amqp:unauthorized-access'],
    ['a publisher', 'sender', 'viaduct/Publishers/p', 'amqp:unauthorized-access'],
    ['the wrong direction', 'sender', source(), 'amqp:not-allowed'],
  ] as const)('is refused %s', async (_what, role, address, condition) => {
    const refusal = await refused(role, role === 'sender' ? { target: address } : { source: address });
    expect(refusal[0]).toBe(condition);
    // What is not there is told so that clients do not try again.
    if (condition === 'amqp:not-found') expect(refusal[1]).toContain('status-code: 404');
  });

  it('gets no more than it gave credit for, and the rest of the credit back when it drains', async () => {
    const amqp = await reading();
    const attach = await amqp.attach('receiver', 0, { source: source(), settleModes: [1, 0] });
    amqp.credit(0, 2);
    for (const expected of [0, 1]) expect(sequenceNumberOf(await amqp.delivery(attach))?.value).toBe(expected);
    amqp.credit(0, 100, 0, { received: 2, drain: true });
    for (let n = 2; n < EVENTS; n++) expect(sequenceNumberOf(await amqp.delivery(attach))?.value).toBe(n);
    const handle = attach.fields[1]?.value;
    const { fields } = await amqp.next(
      'flow',
      ({ fields }) => fields[4]?.value === handle && fields[8]?.value === true,
    );
    expect([fields[5]?.value, fields[6]?.value]).toEqual([102, 0]);
    expect(amqp.frames.filter(({ name }) => name === 'transfer')).toEqual([]);
  });

  it('settles as it asked: beforehand (.NET), first (Python, Go), or second, and is told then (Java)', async () => {
    const amqp = await reading();
    for (const [handle, [modes, isSettled]] of [
      [[1, 0], true],
      [[0, 0], false],
      [[0, 1], false],
    ].entries() as IterableIterator<[number, [[number, number], boolean]]>) {
      const attach = await amqp.attach('receiver', handle, { source: source(), settleModes: modes });
      expect([attach.fields[3]?.value, attach.fields[4]?.value]).toEqual(modes);
      amqp.credit(handle, 1);
      const { fields } = await amqp.delivery(attach);
      expect(fields[4]?.value).toBe(isSettled);
      if (modes[1] !== 1) continue;
      amqp.outcome(Number(fields[1]?.value), ACCEPTED, false);
      const told = await amqp.next('disposition', ({ fields: [role] }) => role?.value === false);
      expect([told.fields[1]?.value, told.fields[3]?.value]).toEqual([fields[1]?.value, true]);
    }
  });

  it('that asks for it hears with every event where the partition ends', async () => {
    const amqp = await reading();
    const capabilities = ['com.microsoft:enable-receiver-runtime-metric', 'com.microsoft:georeplication'];
    const attach = await amqp.attach('receiver', 0, { source: source(), capabilities });
    // Offered, it would make clients take offsets for something else than numbers.
    expect(JSON.stringify(attach.fields[11]?.value ?? null)).not.toContain('georeplication');
    amqp.credit(0, 1);
    const delivery = await amqp.delivery(attach);
    const section = readTyped(delivery.payload);
    expect(asDescribed(section).descriptor).toBe(SECTION_DELIVERY_ANNOTATIONS);
    const annotations = entriesOf(asDescribed(section).of);
    expect(annotations['symbol:last_enqueued_sequence_number']).toMatchObject({ type: 'long', value: NEWEST });
    expect(annotations['symbol:last_enqueued_offset']).toMatchObject({ type: 'string', value: String(NEWEST) });
    expect(annotations['symbol:last_enqueued_time_utc']?.type).toBe('timestamp');
    expect(annotations['symbol:runtime_info_retrieval_time_utc']?.type).toBe('timestamp');
  });

  const epoch = (level: number) => ({ properties: [['com.microsoft:epoch', long(level)]] as const });

  it('with the same or a higher owner level takes the partition; lower ones and those without are refused', async () => {
    const [first, second] = [await reading(), await reading()];
    await first.attach('receiver', 0, { source: source('2'), ...epoch(0) });
    await second.attach('receiver', 0, { source: source('2'), ...epoch(0) });
    expect((await refusalOf(first))[0]).toBe('amqp:link:stolen');
    await first.attach('receiver', 1, { source: source('2'), ...epoch(7) });
    expect((await refusalOf(second))[0]).toBe('amqp:link:stolen');
    await second.attach('receiver', 1, { source: source('2'), ...epoch(6) });
    expect((await refusalOf(second))[0]).toBe('amqp:link:stolen');
    await second.attach('receiver', 2, { source: source('2') });
    expect((await refusalOf(second))[0]).toBe('amqp:link:stolen');
    expect((await refused('receiver', { source: source('2'), ...epoch(-1) }))[0]).toBe('com.microsoft:argument-error');
  });

  it('is the fifth who shares a partition; the sixth is refused, until one of them goes', async () => {
    const amqp = await reading();
    for (let handle = 0; handle < 5; handle++) await amqp.attach('receiver', handle, { source: source('3') });
    await amqp.attach('receiver', 5, { source: source('3') });
    expect((await refusalOf(amqp))[0]).toBe('amqp:resource-limit-exceeded');
    amqp.say(frame('detach', [uint(0), Buffer.from([0x41])]));
    await amqp.next('detach');
    const attach = await amqp.attach('receiver', 6, { source: source('3') });
    expect(attach.fields[5]?.type).toBe('described');
  });
});

describe('who may read', () => {
  const hubToken = (resource: string) => {
    const { policy, key } = owner();
    return signSas(resource, key, Math.floor(Date.now() / 1_000) + 600, policy);
  };
  it.each([
    ['the text of the key, for the partition (JS)', () => eventHubsToken(`sb://${host()}/${source()}`)],
    [
      'the text of the key, in lower case, for amqps (.NET)',
      () => eventHubsToken(`amqps://${host()}/${source()}`.toLowerCase()),
    ],
    ['the text of the key, host in capitals', () => eventHubsToken(`sb://${host().toUpperCase()}/viaduct`)],
    ['the text of the key, for the host with a slash', () => eventHubsToken(`sb://${host()}/`)],
    ['the bytes of the key, for the hub (az)', () => hubToken(host())],
    ['the bytes of the key, for its events (IoT Explorer)', () => hubToken(`${host()}/messages/events`)],
  ])('is who signed with %s', async (_what, token) => {
    const amqp = await open();
    expect(statusOf(await amqp.putToken('a name', token()))).toBe(200);
    const attach = await amqp.attach('receiver', 0, { source: source() });
    expect(attach.fields[5]?.type).toBe('described');
    amqp.credit(0, 1);
    await amqp.delivery(attach);
  });

  it('is who shows the key itself with PLAIN (C), without a token', async () => {
    const { policy, key } = owner();
    const amqp = await RawAmqp.connect(server);
    opened.push(amqp);
    amqp.say(SASL_HEADER, frame('sasl-init', [symbol('PLAIN'), binary(`\0${policy}\0${key}`), text(host())]));
    expect((await amqp.next('sasl-outcome')).fields[0]?.value).toBe(0);
    amqp.say(AMQP_HEADER, openFrame(host()), beginFrame());
    await amqp.next('begin');
    const attach = await amqp.attach('receiver', 0, { source: source() });
    amqp.credit(0, 1);
    await amqp.delivery(attach);
  });

  it('is nobody whose token ran out: the link is detached, and a new token lets it in again', async () => {
    const amqp = await open();
    expect(statusOf(await amqp.putToken('n', eventHubsToken(undefined, 2)))).toBe(200);
    await amqp.attach('receiver', 0, { source: source() });
    expect((await refusalOf(amqp))[0]).toBe('amqp:unauthorized-access');
    expect(statusOf(await amqp.putToken('n', eventHubsToken(), { handle: 200, replyTo: 'cbs-2' }))).toBe(200);
    expect((await amqp.attach('receiver', 1, { source: source() })).fields[5]?.type).toBe('described');
  });

  it.each(['', '/$management', '/ConsumerGroups/$Default/Partitions/0'])(
    'is sent on from messages/events%s to the same of the event hub (az, IoT Explorer)',
    async (rest) => {
      const amqp = await reading();
      const attach = await amqp.attach('receiver', 0, { source: `amqps://${host()}/messages/events${rest}` });
      expect(attach.fields[5]?.type).toBe('described');
      const error = asDescribed((await amqp.next('detach')).fields[2]);
      const [condition, , info] = itemsIn(error.of);
      expect(condition?.value).toBe('amqp:link:redirect');
      const entries = entriesOf(info);
      expect(entries['symbol:address']?.value).toBe(`amqps://${host()}:5671/viaduct${rest}`);
      expect([entries['symbol:hostname']?.value, entries['symbol:network-host']?.value]).toEqual([host(), host()]);
      expect(entries['symbol:port']?.value).toBe(5671);
    },
  );
});

describe('a back end that settles', () => {
  /** One record of feedback waits: somebody sent a command that was over before it began. */
  async function feedbackWaits(messageId: string): Promise<void> {
    const { deviceId } = await server.createDevice();
    const amqp = await reading();
    await amqp.putToken('n', signSas(host(), owner().key, Math.floor(Date.now() / 1_000) + 60, owner().policy), {
      handle: 300,
      replyTo: 'cbs-2',
    });
    await amqp.attach('sender', 0, { target: '/messages/devicebound' });
    const properties = { 0: text(messageId), 2: text(`/devices/${deviceId}/messages/deviceBound`) };
    const application = [[text('iothub-ack'), text('full')]] as const;
    const id = amqp.transfer(0, message({ properties, application, data: ['x'] }));
    await amqp.next('disposition', ({ fields }) => fields[1]?.value === id);
    await purgeCommands(server.hub, { deviceId });
  }
  const idsIn = (delivery: WireFrame) =>
    (JSON.parse(String(messageIn(delivery).data)) as { originalMessageId: string }[]).map(
      (one) => one.originalMessageId,
    );
  const countIn = (delivery: WireFrame) => messageIn(delivery).annotations['symbol:iothub-deliverycount'];
  async function hearing(settleModes: readonly [number, number]) {
    const amqp = await reading();
    await amqp.putToken('n', signSas(host(), owner().key, Math.floor(Date.now() / 1_000) + 60, owner().policy), {
      handle: 300,
      replyTo: 'cbs-2',
    });
    const attach = await amqp.attach('receiver', 0, { source: '/messages/serviceBound/feedback', settleModes });
    return { amqp, attach };
  }
  const gone = () =>
    until(async () => (await server.hub.commands.lockFeedback(randomUUID(), Date.now(), Date.now(), 1)) === undefined, {
      what: 'no feedback waits',
    });

  it('second (C#) is told once it is on disk; what it releases comes again, counted', async () => {
    await feedbackWaits('second');
    const { amqp, attach } = await hearing([0, 1]);
    amqp.credit(0, 1);
    const first = await amqp.delivery(attach);
    expect([idsIn(first), countIn(first)?.type, countIn(first)?.value]).toEqual([['second'], 'ubyte', 0]);
    amqp.outcome(Number(first.fields[1]?.value), 0x26, false);
    await amqp.next('disposition', ({ fields: [role] }) => role?.value === false);
    amqp.credit(0, 1, 0, { received: 1 });
    const again = await amqp.delivery(attach);
    expect([idsIn(again), countIn(again)?.value]).toEqual([['second'], 1]);
    amqp.outcome(Number(again.fields[1]?.value), ACCEPTED, false);
    const told = await amqp.next('disposition', ({ fields: [role] }) => role?.value === false);
    expect([told.fields[3]?.value, asDescribed(told.fields[4]).descriptor]).toEqual([true, ACCEPTED]);
    await gone();
  });

  it('beforehand has what left for it, and tells nothing', async () => {
    await feedbackWaits('beforehand');
    const { amqp, attach } = await hearing([1, 0]);
    amqp.credit(0, 1);
    const delivery = await amqp.delivery(attach);
    expect([idsIn(delivery), delivery.fields[4]?.value]).toEqual([['beforehand'], true]);
    await gone();
  });

  it('shares the queue with another: each gets what the other does not, and what one leaves goes to the other', async () => {
    const [one, two] = [await hearing([0, 0]), await hearing([0, 0])];
    one.amqp.credit(0, 1);
    await feedbackWaits('for one');
    expect(idsIn(await one.amqp.delivery(one.attach))).toEqual(['for one']);
    two.amqp.credit(0, 1);
    one.amqp.close();
    const delivery = await two.amqp.delivery(two.attach);
    expect(idsIn(delivery)).toEqual(['for one']);
    two.amqp.outcome(Number(delivery.fields[1]?.value), ACCEPTED);
    await gone();
  });
});
