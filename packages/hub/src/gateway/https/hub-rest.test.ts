import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signSas } from '../../core/access/sas-signature.ts';
import { completeCommand, lockNextCommand } from '../../core/command/deliver-command.ts';
import { lockFeedbackBatch } from '../../core/command/deliver-feedback.ts';
import { sendCommand } from '../../core/command/send-command.ts';
import type { AccessPolicy, Right } from '../../core/ports.ts';
import { decodeRecord } from '../../core/record/record.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import type { DeviceSession, MethodCall } from '../../core/session/device-session.ts';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { hubRest } from './hub-rest.ts';
import { rewriteHubUrl } from './rewrite-hub-url.ts';

const HOST = 'myhub.example.net';
const KEY = randomBytes(32).toString('base64');
let hub: TemporaryHub;
let app: FastifyInstance;

beforeEach(async () => {
  hub = await temporaryHub();
  await hub.policies.insertMissing([
    policy('iothubowner', ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect']),
    policy('service', ['ServiceConnect']),
  ]);
  app = Fastify({
    rewriteUrl: (request) => rewriteHubUrl(request.url ?? '/'),
    routerOptions: { maxParamLength: 4_096 },
  });
  await app.register(hubRest(hub));
});
afterEach(async () => {
  await app.close();
  await hub.close();
});

describe('the registry over REST', () => {
  it('creates, reads, updates, lists and deletes a device', async () => {
    const created = await ask('PUT', '/devices/d1', { deviceId: 'd1' });
    expect(created.statusCode).toBe(200);
    expect(created.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(created.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    const device = created.json();
    expect(created.headers.etag).toBe(`"${device.etag}"`);
    expect(device).toEqual({
      deviceId: 'd1',
      generationId: expect.stringMatching(/^\d{18}$/),
      etag: expect.any(String),
      connectionState: 'Disconnected',
      status: 'enabled',
      statusReason: null,
      connectionStateUpdatedTime: '0001-01-01T00:00:00',
      statusUpdatedTime: '0001-01-01T00:00:00',
      lastActivityTime: '0001-01-01T00:00:00',
      cloudToDeviceMessageCount: 0,
      authentication: {
        symmetricKey: { primaryKey: expect.any(String), secondaryKey: expect.any(String) },
        x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
        type: 'sas',
      },
      capabilities: { iotEdge: false },
    });
    expect((await ask('GET', '/devices/d1?api-version=2021-04-12')).json()).toEqual(device);

    const changed = { ...device, status: 'disabled', statusReason: 'lost' };
    const updated = await ask('PUT', '/devices/d1', changed, { 'if-match': `"${device.etag}"` });
    expect(updated.json()).toMatchObject({ status: 'disabled', authentication: device.authentication });
    expect(updated.json().etag).not.toBe(device.etag);
    expect((await ask('GET', '/devices/?top=5')).json()).toEqual([updated.json()]);

    const gone = await ask('DELETE', '/devices/d1', undefined, { 'if-match': '"*"' });
    expect([gone.statusCode, gone.body]).toEqual([204, '']);
    expectProblem(await ask('GET', '/devices/d1'), 404, 'DeviceNotFound');
  });

  it('serves ids with every character that an id may have', async () => {
    const id = "a-:.+%_#*?!(),=@;$'Z";
    await ask('PUT', `/devices/${encodeURIComponent(id)}`, { deviceId: id });
    expect((await ask('GET', `/devices/${encodeURIComponent(id)}`)).json()).toMatchObject({ deviceId: id });
    const long = '%'.repeat(128);
    expect((await ask('PUT', `/devices/${encodeURIComponent(long)}`, { deviceId: long })).statusCode).toBe(200);
  });

  it.each(['"*"', '*', '"ETAG"', 'ETAG', 'W/"ETAG"'])('accepts If-Match: %s', async (form) => {
    const { etag } = (await ask('PUT', '/devices/d1', {})).json();
    const updated = await ask('PUT', '/devices/d1', {}, { 'if-match': form.replace('ETAG', etag) });
    expect(updated.statusCode).toBe(200);
  });

  it('words refusals as SDKs parse them', async () => {
    await ask('PUT', '/devices/d1', {});
    const problem = await ask('PUT', '/devices/d1', {});
    expectProblem(problem, 409, 'DeviceAlreadyExists');
    expect(problem.json().ExceptionMessage).toMatch(/^Tracking ID:[0-9a-f]{32}-G:0-TimeStamp:01\/01\/2030 00:00:00$/);
    expectProblem(await ask('PUT', '/devices/d1', {}, { 'if-match': '"old"' }), 412, 'PreconditionFailed');
    expectProblem(await ask('PUT', '/devices/d2', {}, { 'if-match': '"*"' }), 404, 'DeviceNotFound');
    expectProblem(await ask('PUT', '/devices/d2', { deviceId: 'd3' }), 400, 'ArgumentInvalid');
    expectProblem(await ask('PUT', '/devices/a%20b', {}), 400, 'ArgumentInvalid');
    expectProblem(await ask('PUT', '/devices/d2', '{"broken'), 400, 'IotHubFormatError');
    expectProblem(await ask('PUT', '/devices/d2', { status: 'sleeping' }), 400, 'ArgumentInvalid');
    expectProblem(await ask('PUT', '/devices/d2', { status: 7 }), 400, 'ArgumentInvalid');
    expectProblem(await ask('PUT', '/devices/d2', 'x'.repeat(1_048_577)), 413, 'MessageTooLarge');
    expectProblem(await ask('GET', '/configurations/c1/devices'), 404, 'GenericNotFound');
    expectProblem(await ask('GET', '/devices?top=none'), 400, 'ArgumentInvalid');
  });

  it('serves consumer groups, below the paths of the management API too', async () => {
    const base = '/eventHubEndpoints/events/ConsumerGroups';
    const arm = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/h';
    const made = await ask('PUT', `${arm}${base}/Charts?api-version=2023-06-30`, { properties: { name: 'Charts' } });
    const document = {
      name: 'Charts',
      type: 'Microsoft.Devices/IotHubs/EventHubEndpoints/ConsumerGroups',
      etag: null,
      properties: { created: 'Tue, 01 Jan 2030 00:00:00 GMT', readers: [] },
    };
    expect([made.statusCode, made.json()]).toEqual([201, document]);
    expect((await ask('PUT', `${base}/charts`)).statusCode).toBe(200);
    expect((await ask('GET', `${base}/charts`)).json()).toEqual(document);
    expect((await ask('GET', `${base}/`)).json()).toMatchObject({ value: [{ name: '$Default' }, document] });
    expect((await ask('DELETE', `${base}/CHARTS`)).statusCode).toBe(204);
    expectProblem(await ask('DELETE', `${base}/charts`), 404, 'GroupNotFound');
    expectProblem(await ask('DELETE', `${base}/$Default`), 400, 'ArgumentInvalid');
    expectProblem(
      await ask('GET', '/eventHubEndpoints/operationsMonitoringEvents/ConsumerGroups'),
      404,
      'GenericNotFound',
    );
  });

  it('serves modules', async () => {
    await ask('PUT', '/devices/d1', {});
    const created = await ask('PUT', '/devices/d1/modules/m1', { deviceId: 'd1', moduleId: 'm1' });
    expect([created.statusCode, created.json().moduleId]).toEqual([201, 'm1']);
    expect((await ask('GET', '/devices/d1/modules')).json()).toHaveLength(1);
    expect((await ask('GET', '/twins/d1/modules/m1')).json()).toMatchObject({ moduleId: 'm1', version: 2 });
    expectProblem(await ask('PUT', '/devices/d1/modules/m1', {}), 409, 'ModuleAlreadyExistsOnDevice');
    expect((await ask('DELETE', '/devices/d1/modules/m1')).statusCode).toBe(204);
    expectProblem(await ask('GET', '/devices/d1/modules/m1'), 404, 'ModuleNotFound');
  });

  it('does many devices at once, each with an outcome of its own', async () => {
    const made = await ask('POST', '/devices', [
      { id: 'd1', importMode: 'create', tags: { site: 'x' }, properties: { desired: { a: 1 } } },
      { id: 'd2', importMode: 'Create', status: 'disabled' },
    ]);
    expect([made.statusCode, made.json()]).toEqual([200, { isSuccessful: true, errors: [], warnings: [] }]);
    expect((await ask('GET', '/twins/d1')).json()).toMatchObject({ tags: { site: 'x' } });
    const mixed = await ask('POST', '/devices', [
      { id: 'd1', importMode: 'create' },
      { id: 'd2', importMode: 'updateIfMatchETag', eTag: 'old' },
      { id: 'd3', importMode: 'Delete' },
      { id: 'd4', importMode: 'sing' },
      { id: 'a b', importMode: 'create' },
      { id: 'd1', importMode: 'UpdateTwin', tags: { site: null } },
      { id: 'd1', importMode: 'delete' },
      null,
    ]);
    expect(mixed.statusCode).toBe(400);
    expect(mixed.json().isSuccessful).toBe(false);
    const outcome = (mixed.json().errors as { deviceId: string; errorCode: string }[])
      .map(({ deviceId, errorCode }) => `${deviceId} ${errorCode}`)
      .sort();
    expect(outcome).toEqual([
      ' ArgumentInvalid',
      ' IotHubFormatError',
      'd1 DeviceAlreadyExists',
      'd2 PreconditionFailed',
      'd3 DeviceNotFound',
      'd4 ArgumentInvalid',
    ]);
    expectProblem(await ask('GET', '/devices/d1'), 404, 'DeviceNotFound');
    expectProblem(await ask('POST', '/devices', { id: 'd1' }), 400, 'IotHubFormatError');
  });

  it('counts', async () => {
    await ask('PUT', '/devices/d1', {});
    await ask('PUT', '/devices/d2', { status: 'disabled' });
    // Modules are no devices: neither made nor connected do they count.
    await ask('PUT', '/devices/d2/modules/m1', {});
    hub.sessions.enter(new RecordingSession({ deviceId: 'd1' }, hub.clock.now()));
    hub.sessions.enter(new RecordingSession({ deviceId: 'd2', moduleId: 'm1' }, hub.clock.now()));
    expect((await ask('GET', '/statistics/devices')).json()).toEqual({
      totalDeviceCount: 2,
      enabledDeviceCount: 1,
      disabledDeviceCount: 1,
    });
    expect((await ask('GET', '/statistics/service')).json()).toEqual({ connectedDeviceCount: 1 });
    expect((await ask('GET', '/devices/d1')).json()).toMatchObject({ connectionState: 'Connected' });
    await ask('DELETE', '/devices/d1');
    expect((await ask('GET', '/statistics/devices')).json()).toMatchObject({
      totalDeviceCount: 1,
      enabledDeviceCount: 0,
    });
    expectProblem(await ask('GET', '/statistics/modules'), 404, 'GenericNotFound');
    const service = { authorization: token('service') };
    expectProblem(await ask('GET', '/statistics/devices', undefined, service), 401, 'IotHubUnauthorizedAccess');
    expectProblem(await ask('GET', '/statistics/service', undefined, service), 401, 'IotHubUnauthorizedAccess');
  });

  it('empties a queue and tells how much was in it', async () => {
    await createDevice(hub, { deviceId: 'd1' });
    const message = { body: Buffer.from('x'), system: {}, application: {}, ack: 'full' as const };
    await sendCommand(hub, { deviceId: 'd1' }, message);
    await sendCommand(hub, { deviceId: 'd1' }, message);
    expect((await ask('GET', '/devices/d1')).json().cloudToDeviceMessageCount).toBe(2);
    const locked = await lockNextCommand(hub, { deviceId: 'd1' });
    expect((await ask('DELETE', '/devices/d1/commands')).json()).toEqual({
      totalMessagesPurged: 2,
      deviceId: 'd1',
      moduleId: null,
    });
    await expect(completeCommand(hub, { deviceId: 'd1' }, locked?.lockToken ?? '')).rejects.toThrow();
    expect((await lockFeedbackBatch(hub))?.records).toHaveLength(2);
  });
});

describe('twins over REST', () => {
  it('reads and merges a twin, and ignores what only the hub may write', async () => {
    await ask('PUT', '/devices/d1', {});
    const read = await ask('GET', '/twins/d1');
    const twin = read.json();
    expect(read.headers.etag).toBe('"AAAAAAAAAAE="');
    expect(twin).toMatchObject({
      deviceId: 'd1',
      etag: 'AAAAAAAAAAE=',
      version: 2,
      modelId: '',
      authenticationType: 'sas',
      lastActivityTime: '0001-01-01T00:00:00Z',
      tags: {},
      properties: {
        desired: { $metadata: { $lastUpdated: '0001-01-01T00:00:00Z' }, $version: 1 },
        reported: { $metadata: { $lastUpdated: '0001-01-01T00:00:00Z' }, $version: 1 },
      },
    });
    twin.tags = { site: 'x' };
    twin.properties.desired.speed = 3;
    twin.properties.reported.lie = true;
    const patched = await ask('PATCH', '/twins/d1', twin, { 'if-match': `"${twin.etag}"` });
    expect(patched.json()).toMatchObject({ version: 3, tags: { site: 'x' } });
    expect(patched.json().properties).toMatchObject({ desired: { speed: 3, $version: 2 }, reported: { $version: 1 } });
    expect(patched.json().properties.reported.lie).toBeUndefined();
    expectProblem(await ask('PATCH', '/twins/d1', {}, { 'if-match': `"${twin.etag}"` }), 412, 'PreconditionFailed');
    const replaced = await ask('PUT', '/twins/d1', { properties: { desired: { other: 1 } } });
    expect(replaced.json().properties.desired).toMatchObject({ other: 1, $version: 3 });
    expect(replaced.json().properties.desired.speed).toBeUndefined();
    expect(replaced.json().tags).toEqual({ site: 'x' });
    expectProblem(await ask('GET', '/twins/d9'), 404, 'DeviceNotFound');
  });

  it('pages through all twins', async () => {
    for (const id of ['a', 'b', 'c']) await ask('PUT', `/devices/${id}`, {});
    const first = await query('SELECT * FROM devices', { 'x-ms-max-item-count': '2' });
    expect(first.headers['x-ms-item-type']).toBe('Twin');
    expect(first.json().map((twin: { deviceId: string }) => twin.deviceId)).toEqual(['a', 'b']);
    const continuation = String(first.headers['x-ms-continuation']);
    const next = { 'x-ms-max-item-count': '2', 'x-ms-continuation': continuation };
    const second = await query('SELECT * FROM devices', next);
    expect(second.json().map((twin: { deviceId: string }) => twin.deviceId)).toEqual(['c']);
    expect(second.headers['x-ms-continuation']).toBeUndefined();
    expectProblem(await query('SELECT deviceId FROM devices', next), 400, 'ArgumentInvalid');
    const refused = await query("SELECT * FROM devices WHERE tag.site = 'x'", {});
    expectProblem(refused, 400, 'ArgumentInvalid');
    expect(refused.json().Message).toContain('at character 29, near "tag"');
  });
});

describe('methods over REST', () => {
  it('calls the device and answers what it answered; times may be texts', async () => {
    await ask('PUT', '/devices/d1', {});
    hub.sessions.enter(new AnsweringSession());
    const answer = await ask('POST', '/twins/d1/methods', {
      methodName: 'blink',
      payload: { times: 3 },
      responseTimeoutInSeconds: '30',
      connectTimeoutInSeconds: '0',
    });
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 200, payload: { heard: 'blink {"times":3}' } }]);
  });

  it('tells in the nested shape that a device is not there', async () => {
    await ask('PUT', '/devices/d1', {});
    const refused = await ask('POST', '/twins/d1/methods', { methodName: 'blink' });
    expect([refused.statusCode, refused.headers['iothub-errorcode']]).toEqual([404, 'DeviceNotOnline']);
    const inner = JSON.parse(refused.json().Message) as Record<string, unknown>;
    expect(inner).toMatchObject({ errorCode: 404103, info: { timeout: '00:00:00' } });
    expect(refused.json().ExceptionMessage).toBe('');
    const unknown = await ask('POST', '/twins/d9/methods', { methodName: 'blink' });
    expect(unknown.headers['iothub-errorcode']).toBe('DeviceNotFound');
    const nonsense = await ask('POST', '/twins/d1/methods', { methodName: 'blink', responseTimeoutInSeconds: 'soon' });
    expect(nonsense.statusCode).toBe(400);
  });
});

describe('telemetry over REST', () => {
  it('keeps a message with its properties before it answers', async () => {
    const device = await createDevice(hub, { deviceId: 'd1' });
    const key = device.authentication.symmetricKey.primaryKey ?? '';
    const answer = await app.inject({
      method: 'POST',
      url: '/devices/d1/messages/Events?api-version=2020-03-13',
      headers: {
        authorization: signSas(`${HOST}/devices/d1`, key, seconds(60)),
        'iothub-messageid': 'm1',
        'iothub-contenttype': 'application/json',
        'iothub-app-level': 'high & dry',
      },
      payload: '{"t":21}',
    });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    const kept = [...(await hub.log.read(0, 0, 1_000)), ...(await hub.log.read(1, 0, 1_000))].map(({ data }) =>
      decodeRecord(data),
    );
    expect(kept).toHaveLength(1);
    expect(kept[0]?.body.toString()).toBe('{"t":21}');
    expect(kept[0]?.properties).toMatchObject({
      system: { messageId: 'm1', contentType: 'application/json' },
      application: { level: 'high & dry' },
    });
  });

  it('books whom it refuses, and why', async () => {
    await createDevice(hub, { deviceId: 'd1' });
    const wrong = signSas(`${HOST}/devices/d1`, KEY, seconds(60));
    const headers = { authorization: wrong };
    const answer = await app.inject({ method: 'POST', url: '/devices/d1/messages/events', headers, payload: 'x' });
    expectProblem(answer, 401, 'IotHubUnauthorizedAccess');
    const ghost = await app.inject({ method: 'POST', url: '/devices/ghost/messages/events', headers, payload: 'x' });
    expectProblem(ghost, 404, 'DeviceNotFound');
    expect(await hub.refusals.list('d1')).toMatchObject([{ code: 'credential.signatureMismatch', transport: 'https' }]);
    expect(await hub.refusals.list('ghost')).toMatchObject([{ code: 'device.notFound' }]);
    const told = (await ask('GET', '/devices/d1/refusals')).json();
    expect(told[0]).toMatchObject({
      code: expect.stringMatching(/^credential\./),
      advice: expect.any(String),
      count: expect.any(Number),
    });
  });
});

describe('access over REST', () => {
  it('asks for a token, of a policy with the right, for this hub, that has not expired', async () => {
    const none = await app.inject({ method: 'GET', url: '/devices/d1' });
    expectProblem(none, 401, 'IotHubUnauthorized');
    expectProblem(await ask('GET', '/devices/d1', undefined, { authorization: token('service') }), 401);
    expectProblem(
      await ask('GET', '/devices/d1', undefined, { authorization: token('iothubowner', 'other.net') }),
      401,
    );
    expectProblem(await ask('GET', '/devices/d1', undefined, { authorization: token('iothubowner', HOST, -1) }), 401);
    expectProblem(await ask('GET', '/devices/d1', undefined, { authorization: token('nobody') }), 401);
    expectProblem(await ask('GET', '/devices/d1', undefined, { authorization: 'Bearer abc' }), 401);
    expect((await hub.refusals.list(null)).length).toBeGreaterThan(3);
  });

  it('lets a token for one device open only that one', async () => {
    await ask('PUT', '/devices/d1', {});
    await ask('PUT', '/devices/d2', {});
    const narrow = { authorization: token('iothubowner', `${HOST}/devices/d1`) };
    expect((await ask('GET', '/devices/d1', undefined, narrow)).statusCode).toBe(200);
    expectProblem(await ask('GET', '/devices/d2', undefined, narrow), 401);
    expectProblem(await ask('GET', '/devices', undefined, narrow), 401);
  });
});

class AnsweringSession extends RecordingSession implements DeviceSession {
  override readonly listensForMethods = true;

  constructor() {
    super({ deviceId: 'd1' }, 0);
  }

  override async invokeMethod({ methodName, payload }: MethodCall) {
    return { status: 200, payload: Buffer.from(JSON.stringify({ heard: `${methodName} ${payload}` })) };
  }
}

function policy(name: string, rights: readonly Right[]): AccessPolicy {
  return { name, primaryKey: KEY, secondaryKey: randomBytes(32).toString('base64'), rights: new Set(rights) };
}

function seconds(fromNow: number): number {
  return hub.clock.now() / 1_000 + fromNow;
}

function token(policyName: string, resource = HOST, lifeSeconds = 60): string {
  return signSas(resource, KEY, seconds(lifeSeconds), policyName);
}

function ask(
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const all = { authorization: token('iothubowner'), 'content-type': 'application/json; charset=utf-8', ...headers };
  return app.inject({ method, url, headers: all, ...(payload === undefined ? {} : { payload }) });
}

function query(text: string, headers: Record<string, string>): Promise<LightMyRequestResponse> {
  return ask('POST', '/devices%2Fquery?api-version=2021-04-12', { query: text }, headers);
}

function expectProblem(response: LightMyRequestResponse, status: number, name?: string): void {
  expect(response.statusCode).toBe(status);
  const [, worded] = /^ErrorCode:(\w+);/.exec(String(response.json().Message)) ?? [];
  expect(response.headers['iothub-errorcode']).toBe(worded);
  if (name !== undefined) expect(worded).toBe(name);
}
