import { randomBytes } from 'node:crypto';
import { LIMITS } from '@viaduct/contracts';
import { signSas } from '@viaduct/hub';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { binary, bool, type Described, list, symbol, type Typed, text, uint, uuid } from './sdk/amqp-bytes.ts';
import { enroll, newKey } from './sdk/provisioning.ts';
import {
  AMQP_HEADER,
  beginFrame,
  frame,
  type MessageFields,
  message,
  messageIn,
  openFrame,
  RawAmqp,
  SASL_HEADER,
  type WireFrame,
} from './sdk/raw-amqp.ts';

/**
 * What the AMQP clients of the provisioning service mind on the wire, byte by byte, without those clients. Source: azure-iot-sdk-csharp,
 * -java, -c and -node, as read.
 */
let server: TestServer;
let idScope: string;
beforeAll(async () => {
  server = await startTestServer();
  ({ idScope } = await server.provisioning.settings.get());
});
afterAll(() => server.stop());

const opened: RawAmqp[] = [];
afterEach(() => {
  for (const amqp of opened.splice(0)) amqp.close();
});

const ACCEPTED = 0x24;
const REJECTED = 0x25;
const HOUR_SECONDS = 3_600;
const SaslCode = { ok: 0, auth: 1 } as const;

interface Enrolled {
  readonly registrationId: string;
  readonly key: string;
}

async function enrolled(): Promise<Enrolled> {
  const [primaryKey, secondaryKey] = [newKey(), newKey()];
  const { id } = await enroll(server, 'individual', { kind: 'symmetricKey', primaryKey, secondaryKey });
  return { registrationId: id, key: primaryKey };
}

const nameOf = (registrationId: string) => `${idScope}/registrations/${registrationId}`;

function tokenOf({ registrationId, key }: Enrolled): string {
  const expiry = Math.floor(Date.now() / 1_000) + HOUR_SECONDS;
  return signSas(encodeURIComponent(nameOf(registrationId)), key, expiry, 'registration');
}

async function began(): Promise<RawAmqp> {
  const amqp = await RawAmqp.connect(server);
  opened.push(amqp);
  amqp.say(SASL_HEADER);
  await amqp.next('header');
  return amqp;
}

async function past(amqp: RawAmqp): Promise<RawAmqp> {
  amqp.say(AMQP_HEADER);
  await amqp.next('header');
  amqp.say(openFrame(server.ready.hostName), beginFrame());
  await amqp.next('begin');
  return amqp;
}

async function withPassword(registrationId: string, password: string): Promise<RawAmqp> {
  const amqp = await began();
  amqp.say(frame('sasl-init', [symbol('PLAIN'), binary(`\0${nameOf(registrationId)}\0${password}`)]));
  expect((await amqp.next('sasl-outcome')).fields[0]?.value).toBe(SaslCode.ok);
  return past(amqp);
}

const VERSIONS = [
  ['com.microsoft:api-version', '2019-03-31'],
  ['com.microsoft:client-version', 'raw'],
] as const;

/** The links of a device, the receiver first, as all clients do; without credit for answers where none is wanted. */
async function links(amqp: RawAmqp, address: string, credit = 10): Promise<WireFrame> {
  const replies = await amqp.attach('receiver', 0, { source: address, properties: VERSIONS });
  if (credit > 0) amqp.credit(0, credit);
  await amqp.attach('sender', 1, { target: address, properties: VERSIONS });
  return replies;
}

async function registering() {
  const device = await enrolled();
  const amqp = await withPassword(device.registrationId, tokenOf(device));
  return { device, amqp, replies: await links(amqp, nameOf(device.registrationId)) };
}

const operation = (type: string): [Buffer, Buffer] => [text('iotdps-operation-type'), text(type)];
const REGISTER = operation('iotdps-register');
const POLL = operation('iotdps-get-operationstatus');

function describedIn(field: Typed | undefined): Described {
  return field?.value as Described;
}

async function outcomeOf(amqp: RawAmqp, id: number) {
  const { fields } = await amqp.next('disposition', (one) => one.fields[1]?.value === id, `the outcome of ${id}`);
  const { descriptor, of } = describedIn(fields[4]);
  const error = ((of.value as Typed[])[0]?.value as Described | undefined)?.of.value as Typed[] | undefined;
  return {
    descriptor,
    condition: error?.[0]?.value,
    problem: error && (JSON.parse(String(error[1]?.value)) as { errorCode: number; message: string }),
    info: error?.[2],
  };
}

const send = (amqp: RawAmqp, fields: MessageFields) => amqp.transfer(1, message(fields));

async function refusedWith(amqp: RawAmqp, fields: MessageFields) {
  const outcome = await outcomeOf(amqp, send(amqp, fields));
  expect(outcome.descriptor).toBe(REJECTED);
  return outcome;
}

const jsonOf = (delivery: WireFrame) => JSON.parse(messageIn(delivery).data?.toString() ?? '');

async function attemptsOf(registrationId: string) {
  return await server.provisioning.attempts.list({ registrationId, limit: 10 });
}

/** Asks until it is assigned, as the given client does. */
async function assigned(amqp: RawAmqp, replies: WireFrame, operationId: string, poll: MessageFields) {
  return await until(
    async () => {
      send(amqp, { ...poll, application: [POLL, [text('iotdps-operation-id'), text(operationId)]] });
      const answer = await amqp.delivery(replies);
      return jsonOf(answer).status === 'assigned' ? answer : undefined;
    },
    { what: 'the assignment' },
  );
}

describe('a registration over AMQP', () => {
  it('goes by absolute addresses, without ids, to a client that takes nothing but data (C)', async () => {
    const device = await enrolled();
    const amqp = await withPassword(device.registrationId, tokenOf(device));
    const address = `amqps://${server.ready.hostName}/${nameOf(device.registrationId)}`;
    const replies = await links(amqp, address);
    send(amqp, { application: [REGISTER], data: [''] });
    const answer = await amqp.delivery(replies);
    const { codes, application } = messageIn(answer);
    expect(codes).toEqual([0x74, 0x75]);
    expect(application).toMatchObject({
      'string:retry-after': { type: 'int', value: 1 },
      'string:Retry-After': { type: 'int', value: 1 },
    });
    const { operationId, status } = jsonOf(answer);
    expect(status).toBe('assigning');
    const done = await assigned(amqp, replies, operationId, { data: [''] });
    expect(messageIn(done).codes).toEqual([0x75]);
    expect(jsonOf(done)).toMatchObject({
      operationId,
      registrationState: { assignedHub: server.address, deviceId: device.registrationId, errorCode: 0 },
    });
  });

  it('is accepted before its answer leaves, which has the correlation id byte for byte (Node, C#)', async () => {
    const { amqp, replies } = await registering();
    for (const id of [text('an id'), uuid(randomBytes(16))]) {
      const sent = send(amqp, { properties: { 5: id }, application: [REGISTER], data: ['{"payload":{"a":1}}'] });
      const answer = await amqp.delivery(replies);
      expect(messageIn(answer).properties[5]?.bytes).toEqual(id);
      expect((await outcomeOf(amqp, sent)).descriptor).toBe(ACCEPTED);
      const names = amqp.history.map(({ name }) => name);
      expect(names.lastIndexOf('disposition')).toBeLessThan(names.lastIndexOf('transfer'));
    }
  });

  it.each([
    ['an empty text (Node)', text('')],
    ['the name of the operation (C#)', text('iotdps-get-operationstatus')],
  ])('polls with %s for a body', async (_, value) => {
    const { amqp, replies } = await registering();
    const forced = [text('iotdps-forceRegistration'), bool(false)] as const;
    send(amqp, { application: [REGISTER, forced], data: [''] });
    const { operationId } = jsonOf(await amqp.delivery(replies));
    await assigned(amqp, replies, operationId, { properties: { 5: text('an id') }, value });
    send(amqp, { application: [operation('iotdps-get-registration')] });
    expect(jsonOf(await amqp.delivery(replies))).toMatchObject({ status: 'assigned' });
  });

  it('takes force as text too, and begins anew', async () => {
    const { amqp, replies } = await registering();
    const operations = new Set<string>();
    for (const force of ['True', 'true']) {
      send(amqp, { application: [REGISTER, [text('iotdps-forceRegistration'), text(force)]] });
      operations.add(jsonOf(await amqp.delivery(replies)).operationId);
    }
    expect(operations.size).toBe(2);
  });
});

describe('a refusal over AMQP', () => {
  it('rejects the request, with the problem as text where the number is looked for (C#)', async () => {
    const device = await enrolled();
    const amqp = await withPassword(device.registrationId, tokenOf({ ...device, key: newKey() }));
    await links(amqp, nameOf(device.registrationId));
    expect(await refusedWith(amqp, { application: [REGISTER] })).toMatchObject({
      condition: 'amqp:unauthorized-access',
      problem: { errorCode: 401002, message: expect.stringContaining(device.registrationId) },
      info: { type: 'null' },
    });
    expect(await attemptsOf(device.registrationId)).toMatchObject([
      { outcome: 'refused', code: 'credential.signatureMismatch', transport: 'amqp' },
    ]);
  });

  it.each([
    ['no operation', { application: [] }, 400004, 'iotdps-operation-type is missing'],
    ['an unknown one', { application: [operation('iotdps-dance')] }, 400004, 'no operation "iotdps-dance"'],
    ['a poll for nothing', { application: [POLL] }, 400004, 'iotdps-operation-id is missing'],
    [
      'a poll for what is not there',
      { application: [POLL, [text('iotdps-operation-id'), text('4.0.0')]] },
      404203,
      'there is no operation',
    ],
    [
      'a lookup before there was a registration',
      { application: [operation('iotdps-get-registration')] },
      404202,
      'has not registered',
    ],
    ['no JSON', { application: [REGISTER], data: ['{'] }, 400006, 'not JSON'],
    ['a list', { application: [REGISTER], value: list([]) }, 400006, 'in a data section'],
    ['the body of another device', { application: [REGISTER], data: ['{"registrationId":"d9"}'] }, 400004, '"d9"'],
    [
      'force that is neither',
      { application: [REGISTER, [text('iotdps-forceRegistration'), text('perhaps')]] },
      400004,
      'true or false',
    ],
  ] as [string, MessageFields, number, string][])(
    'says what is wrong with %s, and goes on',
    async (_, fields, errorCode, words) => {
      const { amqp, replies } = await registering();
      const { problem } = await refusedWith(amqp, fields);
      expect(problem).toMatchObject({ errorCode, message: expect.stringContaining(words) });
      send(amqp, { application: [REGISTER] });
      expect(jsonOf(await amqp.delivery(replies))).toMatchObject({ operationId: expect.any(String) });
    },
  );

  it('reads no body that is longer than it says', async () => {
    const { amqp } = await registering();
    const max = LIMITS.PROVISIONING_MESSAGE_BYTES_MAX;
    const whole = message({ application: [REGISTER], data: [Buffer.alloc(max + 1, 32)] });
    const [id, half] = [uint(7), whole.length / 2];
    const fields = [uint(1), id, binary(Buffer.of(7)), uint(0), bool(false)];
    amqp.say(frame('transfer', [...fields, bool(true)], 0, whole.subarray(0, half)));
    amqp.say(frame('transfer', [...fields, bool(false)], 0, whole.subarray(half)));
    const { condition, problem } = await outcomeOf(amqp, 7);
    expect(condition).toBe('amqp:link:message-size-exceeded');
    expect(problem).toMatchObject({ errorCode: 413001, message: expect.stringContaining(String(max)) });
  });

  it('tells when to come again, in both spellings, to who asks too much at a time (Node, C#)', async () => {
    const device = await enrolled();
    const amqp = await withPassword(device.registrationId, tokenOf(device));
    const replies = await links(amqp, nameOf(device.registrationId), 0);
    for (let i = 0; i < LIMITS.PROVISIONING_REQUESTS_MAX; i++) {
      expect((await outcomeOf(amqp, send(amqp, { application: [REGISTER] }))).descriptor).toBe(ACCEPTED);
    }
    const { condition, problem, info } = await refusedWith(amqp, { application: [REGISTER] });
    expect(condition).toBe('com.microsoft:device-container-throttled');
    expect(problem).toMatchObject({ errorCode: 429001 });
    expect(info?.type).toBe('map');
    const entries = info?.value as Typed[];
    expect(entries.map(({ type, value }) => [type, value])).toEqual([
      ...[
        ['symbol', 'retry-after'],
        ['int', 1],
      ],
      ...[
        ['symbol', 'Retry-After'],
        ['int', 1],
      ],
    ]);
    amqp.credit(0, 10);
    for (let i = 0; i < LIMITS.PROVISIONING_REQUESTS_MAX; i++) await amqp.delivery(replies);
    expect((await outcomeOf(amqp, send(amqp, { application: [REGISTER] }))).descriptor).toBe(ACCEPTED);
  });

  it('asks for a link to answer on', async () => {
    const device = await enrolled();
    const amqp = await withPassword(device.registrationId, tokenOf(device));
    await amqp.attach('sender', 1, { target: nameOf(device.registrationId) });
    const { problem } = await refusedWith(amqp, { application: [REGISTER] });
    expect(problem?.message).toContain('attach a receiver first');
  });

  it.each([
    ['another device', () => nameOf('other'), 'amqp:unauthorized-access', 'alone'],
    ['the hub', () => '$cbs', 'amqp:not-found', '{idScope}/registrations/{registrationId}'],
  ])('takes no link of %s', async (_, address, condition, words) => {
    const { amqp } = await registering();
    const { fields } = await amqp.attach('sender', 2, { target: address() });
    expect(fields[6]?.type).toBe('null');
    const detach = await amqp.next('detach');
    const error = describedIn(detach.fields[2]).of.value as Typed[];
    expect(error[0]?.value).toBe(condition);
    expect(JSON.parse(String(error[1]?.value)).message).toContain(words);
  });

  it('takes no more links than a device may need, and no version that there never was', async () => {
    const { amqp, device } = await registering();
    const target = nameOf(device.registrationId);
    await amqp.attach('sender', 2, { target, properties: [['com.microsoft:api-version', 'tomorrow']] });
    await amqp.next('detach');
    amqp.say(frame('detach', [uint(2), bool(true)]));
    for (let handle = 3; handle <= LIMITS.PROVISIONING_LINKS_MAX; handle++)
      await amqp.attach('sender', handle, { target });
    expect(amqp.history.filter(({ name }) => name === 'detach')).toHaveLength(1);
    await amqp.attach('sender', 100, { target });
    const error = describedIn((await amqp.next('detach')).fields[2]).of.value as Typed[];
    expect(String(error[1]?.value)).toContain(`more than ${LIMITS.PROVISIONING_LINKS_MAX} links`);
  });
});

describe('the SASL mechanism TPM', () => {
  const KEYS = { endorsementKey: Buffer.alloc(316, 1), storageRootKey: Buffer.alloc(316, 2) };

  it('is offered last, so that nobody chooses it who does not look for it', async () => {
    const offered = (await (await began()).next('sasl-mechanisms')).fields[0];
    const names = offered?.bytes.toString('latin1') ?? '';
    expect(names).toMatch(/MSSBCBS.*PLAIN.*ANONYMOUS.*TPM$/s);
  });

  it('asks for the storage root key with a zero byte, and lets nobody on whose keys are none of a TPM', async () => {
    const { registrationId } = await enrolled();
    const amqp = await began();
    const init = Buffer.concat([Buffer.from(`\0${idScope}\0${registrationId}\0`), KEYS.endorsementKey]);
    amqp.say(frame('sasl-init', [symbol('TPM'), binary(init), text(nameOf(registrationId))]));
    expect((await amqp.next('sasl-challenge')).fields[0]?.value).toEqual(Buffer.of(0));
    amqp.say(frame('sasl-response', [binary(Buffer.concat([Buffer.of(0), KEYS.storageRootKey]))]));
    expect((await amqp.next('sasl-outcome')).fields[0]?.value).toBe(SaslCode.auth);
    await amqp.untilClosed();
    expect(await attemptsOf(registrationId)).toMatchObject([{ outcome: 'refused', code: 'tpm.endorsementKeyInvalid' }]);
  });

  it('ends with who does not keep to its steps, and the operator is told why', async () => {
    const { registrationId } = await enrolled();
    const amqp = await began();
    const init = Buffer.concat([Buffer.from(`\0${idScope}\0${registrationId}\0`), KEYS.endorsementKey]);
    amqp.say(frame('sasl-init', [symbol('TPM'), binary(init)]));
    await amqp.next('sasl-challenge');
    amqp.say(frame('sasl-response', [binary(Buffer.of(0x80, 1, 2))]));
    expect((await amqp.next('sasl-outcome')).fields[0]?.value).toBe(SaslCode.auth);
    await amqp.untilClosed();
    expect(await attemptsOf(registrationId)).toMatchObject([{ outcome: 'refused', code: 'credential.malformed' }]);
  });
});
