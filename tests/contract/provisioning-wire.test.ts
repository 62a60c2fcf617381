import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS } from '@viaduct/contracts';
import { createDevice, signSas } from '@viaduct/hub';
import {
  type IssuedCertificate,
  issueCertificate,
  RawMqtt,
  startTestServer,
  type TestServer,
  until,
} from '@viaduct/testkit';
import fc from 'fast-check';
import { generate, type IConnectPacket, type IPublishPacket } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enroll, newKey } from './sdk/provisioning.ts';

/** What devices that register rely on, byte by byte, over MQTT and HTTPS: what small clients send, and what nobody should. */
let server: TestServer;
let idScope: string;
const key = newKey();
beforeAll(async () => {
  server = await startTestServer();
  idScope = (await server.provisioning.settings.get()).idScope;
});
afterAll(() => server.stop());

describe('MQTT', () => {
  it('serves a small client: no client version, empty bodies, numbers for request ids', async () => {
    const id = await newEnrollment();
    const mqtt = await connected(id);
    mqtt.publish(REGISTER(1), '', 7);
    expect((await mqtt.next('puback')).messageId).toBe(7);
    const first = await mqtt.next('publish');
    expect(first).toMatchObject({ topic: '$dps/registrations/res/202/?$rid=1&retry-after=1', qos: 1, retain: false });
    const { operationId, ...rest } = JSON.parse(first.payload.toString());
    expect(rest).toEqual({ status: 'assigning' });
    const done = await until(async () => {
      mqtt.publish(`$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=${operationId}`, '');
      const answer = await mqtt.next('publish');
      return answer.topic === '$dps/registrations/res/200/?$rid=2' && answer;
    });
    expect(JSON.parse(done.payload.toString())).toMatchObject({
      operationId,
      status: 'assigned',
      registrationState: { registrationId: id, assignedHub: server.ready.hostName, deviceId: id, errorCode: 0 },
    });
    mqtt.send({ cmd: 'disconnect' });
    await mqtt.untilClosed();
  });

  it('answers what came right behind the CONNECT in order, with the PUBACK before the answer', async () => {
    const id = await newEnrollment();
    const mqtt = await RawMqtt.open(server.ready);
    mqtt.sendBytes(
      Buffer.concat([
        generate(connectPacket(id)),
        generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: ANSWERS, qos: 0 }] }),
        generate(publishPacket(LOOKUP('first'), 2)),
        generate(publishPacket(REGISTER('second'), 3)),
        generate({ cmd: 'pingreq' }),
      ]),
    );
    await until(() => mqtt.received.length === 7);
    const kinds = mqtt.received.map(({ cmd }) => cmd);
    expect(kinds.slice(0, 2)).toEqual(['connack', 'suback']);
    const topics = mqtt.received
      .filter(({ cmd }) => cmd === 'publish')
      .map((packet) => (packet as { topic: string }).topic);
    expect(topics).toEqual([
      '$dps/registrations/res/404/?$rid=first',
      '$dps/registrations/res/202/?$rid=second&retry-after=1',
    ]);
    expect(kinds.indexOf('puback')).toBeLessThan(kinds.indexOf('publish'));
    mqtt.close();
  });

  it('tells where a device was sent the last time, and nothing to who has not subscribed', async () => {
    const id = await newEnrollment();
    const mqtt = await connected(id, { subscribe: false });
    mqtt.publish(REGISTER('unheard'), '');
    await mqtt.subscribe(ANSWERS, 0);
    const state = await until(async () => {
      mqtt.publish(LOOKUP('q'), ' ');
      const { topic, payload } = await mqtt.next('publish');
      expect(topic).toMatch(/^\$dps\/registrations\/res\/\d+\/\?\$rid=q$/);
      const document = JSON.parse(payload.toString());
      return document.status === 'assigned' && document;
    });
    expect(state).toMatchObject({ registrationId: id, deviceId: id, assignedHub: server.ready.hostName });
    mqtt.close();
  });

  it('tells what is wrong with a request in the answer, in ASCII, and goes on', async () => {
    const id = await newEnrollment();
    const mqtt = await connected(id);
    for (const [body, code] of [
      ['{"registrationId":"größe"}', 400004],
      ['{', 400006],
      ['{"csr":"AAAA"}', 400037],
      [`{"payload":"${'x'.repeat(LIMITS.PROVISIONING_MESSAGE_BYTES_MAX)}"}`, 413001],
    ] as const) {
      mqtt.publish(REGISTER('r'), body, 5);
      const { topic, payload } = await mqtt.next('publish');
      expect(topic).toBe(`$dps/registrations/res/${Math.floor(code / 1_000)}/?$rid=r`);
      expect(payload.toString('latin1')).toMatch(/^[\x20-\x7e]*$/);
      expect(JSON.parse(payload.toString())).toMatchObject({ errorCode: code, trackingId: expect.any(String) });
    }
    mqtt.publish('$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r&operationId=4.0.0', '');
    expect((await mqtt.next('publish')).topic).toBe('$dps/registrations/res/404/?$rid=r');
    mqtt.close();
  });

  const refusals: readonly (readonly [string, number, string, () => Partial<IConnectPacket>])[] = [
    ['another client id', 2, 'connection.identifierRejected', () => ({ clientId: 'somebody-else' })],
    ['an older protocol', 1, 'protocol.versionUnsupported', () => ({ protocolId: 'MQIsdp', protocolVersion: 3 })],
    ['no password', 5, 'credential.missing', () => ({ password: Buffer.alloc(0) })],
    ['a token for another device', 5, 'credential.wrongResource', () => ({ password: token('somebody-else') })],
    ['a token that ran out', 5, 'credential.expired', () => ({ password: token('refused', -60) })],
    ['a token that is none', 4, 'credential.malformed', () => ({ password: Buffer.from('secret') })],
    ['an id scope of nobody', 5, 'provisioning.scopeUnknown', () => ({ username: user('refused', '0neFFFFFFFF') })],
    ['a version of no service', 4, 'argument.invalid', () => ({ username: user('refused', idScope, 'soon') })],
  ];
  it.each(refusals)(
    'refuses %s with CONNACK %i, and the operator reads why',
    async (_what, returnCode, code, wrong) => {
      const mqtt = await RawMqtt.open(server.ready);
      mqtt.send({ ...connectPacket('refused'), ...wrong() });
      expect((await mqtt.next('connack')).returnCode).toBe(returnCode);
      await mqtt.untilClosed();
      expect(await lastAttempt('refused')).toMatchObject({ outcome: 'refused', code, transport: 'mqtt' });
    },
  );

  const violations: readonly (readonly [string, string, (mqtt: RawMqtt) => void])[] = [
    ['a topic of nobody', 'topic.malformed', (mqtt) => mqtt.publish('devices/d1/messages/events/', '{}', 1)],
    ['QoS 2', 'protocol.violation', (mqtt) => mqtt.send({ ...publishPacket(REGISTER(1), 1), qos: 2 })],
    ['a second CONNECT', 'protocol.violation', (mqtt) => mqtt.send(connectPacket('x'))],
    ['a packet that says it is huge', 'message.tooLarge', (mqtt) => mqtt.sendBytes(Buffer.of(0x30, 0xff, 0xff, 0x7f))],
    ['bytes of no protocol', 'packet.malformed', (mqtt) => mqtt.sendBytes(Buffer.of(0x82, 0x01, 0x00))],
  ];
  it.each(violations)('ends a connection for %s', async (_what, code, say) => {
    const id = await newEnrollment();
    const mqtt = await connected(id);
    say(mqtt);
    await mqtt.untilClosed();
    expect(await lastAttempt(id)).toMatchObject({ outcome: 'refused', code });
  });

  it('grants the filter of answers and no other', async () => {
    const mqtt = await connected(await newEnrollment());
    const subscriptions = [
      { topic: '#', qos: 1 as const },
      { topic: ANSWERS, qos: 2 as const },
      { topic: '$iothub/twin/res/#', qos: 0 as const },
    ];
    mqtt.send({ cmd: 'subscribe', messageId: 9, subscriptions });
    expect((await mqtt.next('suback')).granted).toEqual([0x80, 1, 0x80]);
    mqtt.close();
  });

  it('lets a device that connects anew take over', async () => {
    const id = await newEnrollment();
    const older = await connected(id);
    const newer = await connected(id.toUpperCase());
    await older.untilClosed();
    newer.send({ cmd: 'pingreq' });
    await newer.next('pingresp');
    newer.close();
  });

  it('tells who comes with a certificate that is not taken so in the answer to what it asks', async () => {
    const id = `d-${randomUUID()}`;
    const own = await issueCertificate({ commonName: id });
    await enroll(server, 'individual', { kind: 'clientCertificates', primary: own.pem, secondary: null }, { id });
    const other = await issueCertificate({ commonName: id });
    const mqtt = await connected(id, { certificate: other });
    mqtt.publish(REGISTER(1), '', 1);
    const { topic, payload } = await mqtt.next('publish');
    expect(topic).toBe('$dps/registrations/res/401/?$rid=1');
    expect(JSON.parse(payload.toString())).toMatchObject({ errorCode: 401002, message: expect.stringContaining(id) });
    expect(await lastAttempt(id)).toMatchObject({ outcome: 'refused', credential: 'x509' });
    mqtt.close();
  });

  it('leaves a device of the hub alone that is named like the path', async () => {
    await createDevice(server.hub, { deviceId: 'registrations' });
    const moduleKey = await newModule('m1');
    const mqtt = await RawMqtt.open(server.ready);
    const { hostName } = server.ready;
    mqtt.send({
      ...connectPacket('registrations/m1'),
      username: `${hostName}/registrations/m1/?api-version=2021-04-12`,
      password: Buffer.from(signSas(`${hostName}/devices/registrations/modules/m1`, moduleKey, soon())),
    });
    expect((await mqtt.next('connack')).returnCode).toBe(0);
    mqtt.close();
  });

  it('survives any bytes behind the CONNECT: an answer, a close, and nobody else notices', async () => {
    const id = await newEnrollment();
    const neighbour = await connected(await newEnrollment());
    const frames = [
      generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: ANSWERS, qos: 1 }] }),
      generate(publishPacket(REGISTER(1), 2)),
      generate(publishPacket(LOOKUP(2), 3)),
      generate({ cmd: 'unsubscribe', messageId: 4, unsubscriptions: [ANSWERS] }),
      generate({ cmd: 'puback', messageId: 3 }),
      generate({ cmd: 'pingreq' }),
      generate({ cmd: 'disconnect' }),
      generate(connectPacket(id)),
    ];
    const damaged = fc.tuple(
      fc.shuffledSubarray(frames, { minLength: 1 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      fc.nat(),
      fc.uint8Array({ maxLength: 40 }),
    );
    const attempts = fc.asyncProperty(damaged, async ([some, flips, cut, tail]) => {
      const bytes = Buffer.concat([...some, tail]);
      for (const [at, value] of flips) bytes[at % bytes.length] = value;
      const mqtt = await RawMqtt.open(server.ready);
      const hello = generate(connectPacket(id));
      mqtt.sendBytes(Buffer.concat([hello, bytes.subarray(0, cut % bytes.length)]));
      mqtt.sendBytes(bytes.subarray(cut % bytes.length));
      expect((await mqtt.next('connack')).returnCode).toBe(0);
      mqtt.socket.end();
      await mqtt.untilClosed();
    });
    await fc.assert(attempts, { numRuns: 30 });
    neighbour.send({ cmd: 'pingreq' });
    await neighbour.next('pingresp');
    neighbour.close();
    expect(await readFile(join(server.dataDirectory, 'server.log'), 'utf8')).not.toContain('fault');
  });
});

describe('HTTPS', () => {
  it('registers, tells when and where to ask again, and how it ended', async () => {
    const id = await newEnrollment();
    const first = await ask(
      'PUT',
      `/${idScope}/Registrations/${id}/Register?api-version=2019-03-31`,
      id,
      '{"registrationId":"x"}'.replace('x', id),
    );
    expect(first.status).toBe(202);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'retry-after': '1',
      'x-ms-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      location: expect.stringContaining(`/${idScope}/registrations/${id}/operations/`),
    });
    const { operationId } = first.json;
    const done = await until(async () => {
      const answer = await ask('GET', first.headers.get('location') ?? '', id);
      return answer.status === 200 && answer;
    });
    expect(done.json).toMatchObject({ operationId, status: 'assigned', registrationState: { deviceId: id } });
    const lookup = await ask('POST', `/${idScope}/registrations/${id.toUpperCase()}?api-version=2021-10-01`, id, '');
    expect(lookup.json).toMatchObject({ registrationId: id, status: 'assigned', deviceId: id });
    const forced = await ask(
      'PUT',
      `/${idScope}/registrations/${id}/register?api-version=2019-03-31&forceRegistration=true`,
      id,
      '',
    );
    expect(forced).toMatchObject({ status: 202 });
    expect(forced.json.operationId).not.toBe(operationId);
  });

  it.each([
    ['a body that is no JSON', 'PUT', '/register?api-version=2019-03-31', '{', 400006],
    ['a body of another device', 'PUT', '/register?api-version=2019-03-31', '{"registrationId":"other"}', 400004],
    [
      'a body that is too large',
      'PUT',
      '/register?api-version=2019-03-31',
      ' '.repeat(LIMITS.PROVISIONING_MESSAGE_BYTES_MAX + 1),
      413001,
    ],
    ['no api-version', 'PUT', '/register', '', 400004],
    ['an api-version of no service', 'PUT', '/register?api-version=1', '', 400004],
    ['a lookup that asks for a certificate', 'POST', '?api-version=2025-07-01-preview', '{"csr":"AAAA"}', 400037],
    ['a lookup before the first registration', 'POST', '?api-version=2019-03-31', '', 404202],
    ['an operation of nobody', 'GET', '/operations/4.0.0?api-version=2019-03-31', undefined, 404203],
    ['what devices are not offered', 'DELETE', '?api-version=2019-03-31', undefined, 404000],
  ] as const)('refuses %s in the words of the service', async (_what, method, end, body, errorCode) => {
    const id = await newEnrollment();
    const answer = await ask(method, `/${idScope}/registrations/${id}${end}`, id, body);
    expect(answer).toMatchObject({ status: Math.floor(errorCode / 1_000), json: { errorCode } });
    expect(answer.json).toMatchObject({
      trackingId: answer.headers.get('x-ms-request-id'),
      message: expect.any(String),
      timestampUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
    });
    expect(answer.headers.get('x-ms-error-code')).toBe(String(errorCode));
  });

  it.each([
    ['an id scope of nobody', '0neFFFFFFFF', undefined],
    ['no credential', undefined, ''],
  ])('refuses %s with 401002', async (_what, scope, authorization) => {
    const id = await newEnrollment();
    const path = `/${scope ?? idScope}/registrations/${id}/register?api-version=2019-03-31`;
    const answer = await ask('PUT', path, id, '', authorization);
    expect(answer).toMatchObject({ status: 401, json: { errorCode: 401002 } });
  });
});

describe('a server that stops', () => {
  it('answers what was asked before, and takes nobody in', async () => {
    const id = await newEnrollment();
    const mqtt = await connected(id);
    mqtt.publish(REGISTER('last'), '', 1);
    await mqtt.next('puback');
    await server.stop();
    await mqtt.untilClosed();
    expect((await mqtt.next('publish')).topic).toBe('$dps/registrations/res/202/?$rid=last&retry-after=1');
  });
});

const ANSWERS = '$dps/registrations/res/#';
const REGISTER = (rid: string | number) => `$dps/registrations/PUT/iotdps-register/?$rid=${rid}`;
const LOOKUP = (rid: string | number) => `$dps/registrations/GET/iotdps-get-registration/?$rid=${rid}`;

const soon = (seconds = 600) => Math.floor(Date.now() / 1_000) + seconds;
const user = (id: string, scope = idScope, version = '2019-03-31') =>
  `${scope}/registrations/${id}/api-version=${version}`;
function token(id: string, seconds?: number): Buffer {
  return Buffer.from(signSas(`${idScope}/registrations/${id}`, key, soon(seconds)));
}

const newEnrollment = async () =>
  (await enroll(server, 'individual', { kind: 'symmetricKey', primaryKey: key, secondaryKey: newKey() })).id;

function connectPacket(id: string): IConnectPacket {
  return {
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: id, clean: false, keepalive: 60 },
    username: user(id),
    password: token(id),
  };
}

function publishPacket(topic: string, messageId: number): IPublishPacket {
  return { cmd: 'publish', topic, payload: '', qos: 1, messageId, dup: false, retain: false };
}

async function connected(
  id: string,
  { subscribe = true, certificate }: { subscribe?: boolean; certificate?: IssuedCertificate } = {},
): Promise<RawMqtt> {
  const tls = certificate === undefined ? {} : { cert: certificate.pem, key: certificate.keyPem };
  const mqtt = await RawMqtt.open(server.ready, tls);
  const { password: _token, ...nameless } = connectPacket(id);
  mqtt.send(certificate === undefined ? connectPacket(id) : nameless);
  expect((await mqtt.next('connack')).returnCode).toBe(0);
  if (subscribe) await mqtt.subscribe(ANSWERS, 1);
  return mqtt;
}

async function newModule(moduleId: string): Promise<string> {
  const primaryKey = newKey();
  const authentication = { type: 'sas', symmetricKey: { primaryKey, secondaryKey: primaryKey } } as const;
  await createDevice(server.hub, { deviceId: 'registrations', moduleId }, { authentication });
  return primaryKey;
}

async function lastAttempt(registrationId: string) {
  return (await server.provisioning.attempts.list({ registrationId, limit: 1 }))[0];
}

async function ask(method: string, path: string, id: string, body?: string, authorization = token(id).toString()) {
  const url = `https://${server.ready.hostName}${path}`;
  const headers: Record<string, string> = authorization === '' ? {} : { authorization };
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  // biome-ignore lint/suspicious/noExplicitAny: whatever the service says, for assertions.
  return { status: answer.status, headers: answer.headers, json: (await answer.json()) as any };
}
