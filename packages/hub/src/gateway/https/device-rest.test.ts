import { HubError, LIMITS } from '@viaduct/contracts';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signSas } from '../../core/access/sas-signature.ts';
import { lockFeedbackBatch } from '../../core/command/deliver-feedback.ts';
import { type NewCommand, sendCommand } from '../../core/command/send-command.ts';
import type { RegistryEntry } from '../../core/ports.ts';
import { decodeRecord } from '../../core/record/record.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { getDeviceWithPresence } from '../../core/registry/get-device.ts';
import { updateDevice } from '../../core/registry/update-device.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { hubRest } from './hub-rest.ts';
import { RestTraffic } from './rest-traffic.ts';
import { rewriteHubUrl } from './rewrite-hub-url.ts';

const HOST = 'myhub.example.net';
const EVENTS = '/devices/d1/messages/events';
const BOUND = '/devices/d1/messages/deviceBound';
const BATCH = { 'content-type': 'application/vnd.microsoft.iothub.json' };
const KEY = Buffer.alloc(32, 7).toString('base64');
const d1 = { deviceId: 'd1' };
const m1 = { deviceId: 'd1', moduleId: 'm1' };
let hub: TemporaryHub;
let app: FastifyInstance;
let device: RegistryEntry;

beforeEach(async () => {
  hub = await temporaryHub();
  device = await createDevice(hub, d1);
  await serve();
});
afterEach(async () => {
  await app.close();
  await hub.close();
});

async function serve(changes: object = {}, traffic?: RestTraffic): Promise<void> {
  app = Fastify({
    rewriteUrl: (request) => rewriteHubUrl(request.url ?? '/'),
    routerOptions: { maxParamLength: 4_096 },
    bodyLimit: LIMITS.HTTP_BODY_BYTES_MAX,
  });
  await app.register(hubRest({ ...hub, ...changes }, traffic));
}

describe('telemetry of a device over HTTPS', () => {
  it('keeps every property that a header can say, and the body byte for byte', async () => {
    const body = Buffer.from([0, 255, 128, 10]);
    const headers = {
      'IoTHub-MessageId': 'm1',
      'IoTHub-CorrelationId': 'c1',
      'IoTHub-UserId': 'u1',
      'IoTHub-To': '/somewhere',
      'IoTHub-Expiry': '2030-01-02T00:00:00Z',
      'iothub-contenttype': 'application/json',
      'iothub-contentencoding': 'utf-8',
      'iothub-interface-id': 'dtmi:a:b;1',
      'iothub-creation-time-utc': '2030-01-01T00:00:00Z',
      'dt-subject': 'thermostat',
      'iothub-app-level': 'höch & more',
      'iothub-app-utf8': Buffer.from('Größe €').toString('latin1'),
      'iothub-app-$.mid': 'not mine',
      'iothub-app-': 'no name',
    };
    expect((await post(EVENTS, body, headers)).statusCode).toBe(204);
    expect((await post(EVENTS, undefined)).statusCode).toBe(204);
    const [first, second] = await telemetry();
    expect(first?.body).toEqual(body);
    expect(first?.properties).toEqual({
      system: {
        messageId: 'm1',
        correlationId: 'c1',
        userId: 'u1',
        to: '/somewhere',
        absoluteExpiryTime: '2030-01-02T00:00:00Z',
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        interfaceId: 'dtmi:a:b;1',
        creationTimeUtc: '2030-01-01T00:00:00Z',
        component: 'thermostat',
      },
      application: { level: 'höch & more', utf8: 'Größe €' },
    });
    expect(second?.body).toHaveLength(0);
  });

  it('takes a message of the largest size, and refuses a larger one with 413', async () => {
    expect((await post(EVENTS, Buffer.alloc(LIMITS.TELEMETRY_BYTES_MAX))).statusCode).toBe(204);
    expectProblem(await post(EVENTS, Buffer.alloc(LIMITS.TELEMETRY_BYTES_MAX + 1)), 413, 'MessageTooLarge');
    expectProblem(await post(EVENTS, Buffer.alloc(LIMITS.HTTP_BODY_BYTES_MAX + 1)), 413, 'MessageTooLarge');
    expect(await telemetry()).toHaveLength(1);
  });

  it('stamps the model that the device announces, and remembers it', async () => {
    expect((await post(`${EVENTS}?model-id=dtmi:com:example:a;1`, 'x')).statusCode).toBe(204);
    expect((await post(EVENTS, 'x')).statusCode).toBe(204);
    expect((await telemetry()).map(({ modelId }) => modelId)).toEqual(Array(2).fill('dtmi:com:example:a;1'));
    expectProblem(await post(`${EVENTS}?model-id=thermostat`, 'x'), 400, 'ArgumentInvalid');
  });

  it('keeps a batch in its order, each message with its own properties', async () => {
    const batch = [
      { body: Buffer.from([1, 2]).toString('base64') },
      { body: 'plain "text"', base64Encoded: false, properties: { 'iothub-app-Level': 'high', plain: 7, $x: true } },
      { body: '', properties: { 'iothub-messageid': 'm3', 'iothub-contenttype': 'text/plain', 'iothub-unknown': 'x' } },
    ];
    expect((await post(EVENTS, JSON.stringify(batch), BATCH)).statusCode).toBe(204);
    const kept = await telemetry();
    expect(kept.map(({ body }) => body.toString('latin1'))).toEqual(['\x01\x02', 'plain "text"', '']);
    expect(kept[1]?.properties.application).toEqual({ Level: 'high', plain: '7', $x: 'true' });
    expect(kept[2]?.properties).toEqual({ system: { messageId: 'm3', contentType: 'text/plain' }, application: {} });
  });

  it.each([
    ['no array', {}, 'array'],
    ['nothing', [], 'no message'],
    ['an element that is no object', [{ body: '' }, 'x'], 'element 1'],
    [
      'a body that is not base64',
      [{ body: '' }, { body: '{"t":1}' }],
      'element 1 of the batch: its body is not base64',
    ],
    ['a body that is no text', [{ body: { t: 1 }, base64Encoded: false }], 'element 0'],
    ['a flag that is none', [{ body: '', base64Encoded: 'false' }], 'base64Encoded'],
    ['properties that are a list', [{ body: '', properties: [] }], 'properties'],
    ['a property that is an object', [{ body: '', properties: { 'iothub-app-a': {} } }], '"iothub-app-a"'],
    ['half a character', [{ body: '', properties: { a: '\ud800' } }], 'half a character'],
  ])('refuses a whole batch for %s, and says what is wrong', async (_what, batch, words) => {
    const refused = await post(EVENTS, JSON.stringify(batch), BATCH);
    expect(refused.statusCode).toBe(400);
    expect(refused.json().Message).toContain(words);
    expect(await telemetry()).toEqual([]);
  });

  it('refuses a batch that is larger than one message may be, and keeps nothing of it', async () => {
    const half = { body: Buffer.alloc(LIMITS.TELEMETRY_BYTES_MAX / 2).toString('base64') };
    expect((await post(EVENTS, JSON.stringify([half, half]), BATCH)).statusCode).toBe(204);
    const more = [half, half, { body: 'AA==' }];
    expectProblem(await post(EVENTS, JSON.stringify(more), BATCH), 413, 'MessageTooLarge');
    expectProblem(await post(EVENTS, '[{"body"', BATCH), 400, 'IotHubFormatError');
    expect(await telemetry()).toHaveLength(2);
  });

  it('is heard of, though it has no session', async () => {
    hub.clock.advance(60);
    await post(EVENTS, 'x');
    expect(await getDeviceWithPresence(hub, d1)).toMatchObject({ connected: false, lastActivityTime: hub.clock.now() });
    hub.clock.advance(60);
    await app.inject({ method: 'GET', url: BOUND });
    expect((await getDeviceWithPresence(hub, d1)).lastActivityTime).toBe(hub.clock.now() - 60_000);
  });

  it('lets a module speak with its own key, under its own path only', async () => {
    const module = await createDevice(hub, m1);
    const key = module.authentication.symmetricKey.primaryKey ?? '';
    const headers = { authorization: signSas(`${HOST}/devices/d1/modules/m1`, key, seconds(60)) };
    expect((await post('/devices/d1/modules/m1/messages/events', 'x', headers)).statusCode).toBe(204);
    expect((await telemetry())[0]).toMatchObject(m1);
    expectProblem(await post(EVENTS, 'x', headers), 401);
  });

  it('keeps nothing of a batch that the quota of the day has no room for', async () => {
    let room = 1;
    const countMessage = () => {
      if (room-- === 0) throw new HubError('quota.dailyExceeded', 'enough for today');
    };
    await app.close();
    await serve({ throttle: { take: () => 0, countMessage } });
    const refused = await post(EVENTS, JSON.stringify([{ body: '' }, { body: '' }]), BATCH);
    expect(refused.headers['iothub-errorcode']).toBe('IotHubQuotaExceeded');
    expect(await telemetry()).toEqual([]);
  });

  it('answers 429 with Retry-After when the throttle refuses, and holds the answer when it asks for that', async () => {
    const taken: unknown[] = [];
    const throttle = {
      take(identity: unknown, operation: string, count: number) {
        taken.push([identity, operation, count]);
        if (taken.length > 1) throw new HubError('throttle.exceeded', 'slow down');
        return 30;
      },
      countMessage() {},
    };
    await app.close();
    await serve({ throttle });
    const start = performance.now();
    const two = JSON.stringify([{ body: '' }, { body: '' }]);
    expect((await post(EVENTS, two, BATCH)).statusCode).toBe(204);
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
    const refused = await post(EVENTS, 'x');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '10']);
    expect(taken).toEqual([
      [d1, 'telemetry', 2],
      [d1, 'telemetry', 1],
    ]);
    expect(await telemetry()).toHaveLength(2);
  });
});

describe('the figures of the REST API', () => {
  it('count requests by what they are about and how they ended, and telemetry message by message', async () => {
    await app.close();
    const traffic = new RestTraffic();
    await serve({}, traffic);
    await post(EVENTS, JSON.stringify([{ body: '' }, { body: '' }]), BATCH);
    await post(EVENTS, 'x');
    await post(EVENTS, 'x', { authorization: '' });
    await asDevice('GET', BOUND);
    await post('/devices/d1/files', '{"blobName":"a"}');
    await post('/devices/d1/files/notifications', '{"correlationId":"x","isSuccess":true}');
    await asDevice('GET', '/devices/d1');
    expect(traffic.acceptedMessages).toBe(3);
    expect([...traffic.requests]).toEqual([
      { kind: 'telemetry', status: '2xx', count: 2 },
      { kind: 'telemetry', status: '4xx', count: 1 },
      { kind: 'command', status: '2xx', count: 1 },
      { kind: 'file', status: '2xx', count: 1 },
      { kind: 'file', status: '4xx', count: 1 },
      { kind: 'service', status: '4xx', count: 1 },
    ]);
  });
});

describe('commands for a device over HTTPS', () => {
  it('hands out the next one with all its properties, and 204 when none waits', async () => {
    const expiryTime = hub.clock.now() + 90_000;
    const { sequenceNumber } = await send({
      body: Buffer.from('{"open":true}'),
      system: {
        messageId: 'cmd-1',
        correlationId: 'c1',
        userId: 'boss',
        contentType: 'application/json',
        contentEncoding: 'utf-8',
      },
      application: {
        Who: 'me',
        'höhe in m': '3',
        grüße: '世界',
        latin: 'é',
        spaced: ' x ',
        line: 'a\r\nb',
        percent: '5%',
      },
      ack: 'full',
      expiryTime,
    });
    const received = await asDevice('GET', `${BOUND}?api-version=2020-03-13`);
    expect([received.statusCode, received.body]).toEqual([200, '{"open":true}']);
    expect(received.headers).toMatchObject({
      etag: expect.stringMatching(/^"[0-9a-f-]{36}"$/),
      'content-type': 'application/json',
      'iothub-messageid': 'cmd-1',
      'iothub-correlationid': 'c1',
      'iothub-userid': 'boss',
      'iothub-to': '/devices/d1/messages/devicebound',
      'iothub-expiry': '2030-01-01T00:01:30.0000000Z',
      'iothub-enqueuedtime': '2030-01-01T00:00:00.0000000Z',
      'iothub-deliverycount': '0',
      'iothub-sequencenumber': String(sequenceNumber),
      'iothub-ack': 'full',
      'iothub-contenttype': 'application/json',
      'iothub-contentencoding': 'utf-8',
      'iothub-app-who': 'me',
      'iothub-app-h%c3%b6he%20in%20m': '3',
      'iothub-app-gr%c3%bc%c3%9fe': '%E4%B8%96%E7%95%8C',
      'iothub-app-latin': 'é',
      'iothub-app-spaced': '%20x%20',
      'iothub-app-line': 'a%0D%0Ab',
      'iothub-app-percent': '5%',
    });
    expect(received.headers['content-encoding']).toBeUndefined();
    expect((await asDevice('GET', BOUND)).statusCode).toBe(204);
  });

  it('completes, rejects in every spelling, and abandons; a lock that is lost is 412', async () => {
    for (const [suffix, outcome] of [
      ['', 'Success'],
      ['?reject', 'Rejected'],
      ['?api-version=1&reject=', 'Rejected'],
      ['?Reject=true', 'Rejected'],
      ['?reject=false', 'Success'],
    ]) {
      await send({ ack: 'full' });
      const lock = await locked();
      const path = `/devices/d1/messages/DeviceBound/${lock}${suffix}`;
      const settled = await asDevice('DELETE', path, { 'if-match': lock });
      expect([settled.statusCode, settled.body]).toEqual([204, '']);
      expect((await lockFeedbackBatch(hub))?.records).toMatchObject([{ description: outcome }]);
      expectProblem(await asDevice('DELETE', path), 412, 'DeviceMessageLockLost');
    }
    await send({});
    const quoted = encodeURIComponent(`"${await locked()}"`);
    expect((await asDevice('POST', `${BOUND}/${quoted}/abandon`)).statusCode).toBe(204);
    const again = await asDevice('GET', BOUND);
    expect([again.statusCode, again.headers['iothub-deliverycount']]).toEqual([200, '1']);
    expectProblem(await asDevice('POST', `${BOUND}/${quoted}/abandon`), 412, 'DeviceMessageLockLost');
  });

  it('locks for as long as the device asks, within bounds', async () => {
    for (const [query, header, lasting] of [
      ['', undefined, 60],
      ['?iothub-messagelocktimeout=120', undefined, 120],
      ['?IotHub-MessageLockTimeout=0', undefined, LIMITS.COMMAND_LOCK_SECONDS_MIN],
      ['', '1e9', LIMITS.COMMAND_LOCK_SECONDS_MAX],
    ] as const) {
      await send({});
      const headers: Record<string, string> = header === undefined ? {} : { 'iothub-messagelocktimeout': header };
      expect((await asDevice('GET', `${BOUND}${query}`, headers)).statusCode).toBe(200);
      const [command] = await hub.commands.list(d1);
      expect((command?.lockedUntil ?? 0) - hub.clock.now()).toBe(lasting * 1_000);
      await hub.commands.purge(d1, () => undefined);
    }
    expectProblem(await asDevice('GET', `${BOUND}?iothub-messagelocktimeout=long`), 400, 'ArgumentInvalid');
  });

  it('hands a module its commands, but none that goes to one of its inputs', async () => {
    const module = await createDevice(hub, m1);
    const key = module.authentication.symmetricKey.primaryKey ?? '';
    const authorization = signSas(`${HOST}/devices/d1/modules/m1`, key, seconds(60));
    await sendCommand(hub, m1, command({ system: { inputName: 'in' } }));
    const path = '/devices/d1/modules/m1/messages/deviceBound';
    expect((await app.inject({ method: 'GET', url: path, headers: { authorization } })).statusCode).toBe(204);
    await sendCommand(hub, m1, command({}));
    const received = await app.inject({ method: 'GET', url: path, headers: { authorization } });
    expect(received.headers['iothub-to']).toBe('/devices/d1/modules/m1/messages/devicebound');
    const lock = String(received.headers.etag).slice(1, -1);
    const settled = await app.inject({ method: 'DELETE', url: `${path}/${lock}`, headers: { authorization } });
    expect(settled.statusCode).toBe(204);
    expect(await hub.commands.depth(m1)).toBe(1);
  });

  it('takes a policy that may speak for devices, and refuses everybody else', async () => {
    await hub.policies.insertMissing([
      { name: 'device', primaryKey: KEY, secondaryKey: KEY, rights: new Set(['DeviceConnect']) },
      { name: 'service', primaryKey: KEY, secondaryKey: KEY, rights: new Set(['ServiceConnect']) },
    ]);
    const token = (policy: string) => ({ authorization: signSas(HOST, KEY, seconds(60), policy) });
    expect((await asDevice('GET', BOUND, token('device'))).statusCode).toBe(204);
    expectProblem(await asDevice('GET', BOUND, token('service')), 401, 'IotHubUnauthorizedAccess');
    expectProblem(await app.inject({ method: 'GET', url: BOUND }), 401, 'IotHubUnauthorized');
    await updateDevice(hub, d1, { status: 'disabled' });
    expectProblem(await asDevice('DELETE', `${BOUND}/x`), 403, 'DeviceDisabled');
  });
});

function seconds(fromNow: number): number {
  return hub.clock.now() / 1_000 + fromNow;
}

function ownToken(): string {
  return signSas(`${HOST}/devices/d1`, device.authentication.symmetricKey.primaryKey ?? '', seconds(60));
}

function post(url: string, payload: string | Buffer | undefined, headers: Record<string, string> = {}) {
  const all = { authorization: ownToken(), ...headers };
  return app.inject({ method: 'POST', url, headers: all, ...(payload === undefined ? {} : { payload }) });
}

function asDevice(method: 'GET' | 'DELETE' | 'POST', url: string, headers: Record<string, string> = {}) {
  return app.inject({ method, url, headers: { authorization: ownToken(), ...headers } });
}

function command(changes: Partial<NewCommand>): NewCommand {
  return { body: Buffer.from('x'), system: {}, application: {}, ack: 'none', ...changes };
}

function send(changes: Partial<NewCommand>) {
  return sendCommand(hub, d1, command(changes));
}

async function locked(): Promise<string> {
  return String((await asDevice('GET', BOUND)).headers.etag).slice(1, -1);
}

async function telemetry() {
  const partitions = await Promise.all([hub.log.read(0, 0, 1_000_000), hub.log.read(1, 0, 1_000_000)]);
  return partitions.flat().map(({ data }) => decodeRecord(data));
}

function expectProblem(response: LightMyRequestResponse, status: number, name?: string): void {
  expect(response.statusCode).toBe(status);
  const [, worded] = /^ErrorCode:(\w+);/.exec(String(response.json().Message)) ?? [];
  expect(response.headers['iothub-errorcode']).toBe(worded);
  if (name !== undefined) expect(worded).toBe(name);
}
