import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signSas } from '../../core/access/sas-signature.ts';
import { listConfigurations } from '../../core/configuration/get-configuration.ts';
import { createConfiguration } from '../../core/configuration/put-configuration.ts';
import type { Right } from '../../core/ports.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { hubRest } from './hub-rest.ts';
import { rewriteHubUrl } from './rewrite-hub-url.ts';

const HOST = 'myhub.example.net';
const KEY = randomBytes(32).toString('base64');
const CONTENT = { deviceContent: { 'properties.desired.a': 1 } };
let hub: TemporaryHub;
let app: FastifyInstance;

beforeAll(async () => {
  hub = await temporaryHub();
  const policies: [string, Right[]][] = [
    ['writer', ['RegistryRead', 'RegistryWrite']],
    ['reader', ['RegistryRead']],
    ['service', ['ServiceConnect']],
  ];
  await hub.policies.insertMissing(
    policies.map(([name, rights]) => ({ name, primaryKey: KEY, secondaryKey: KEY, rights: new Set(rights) })),
  );
  app = Fastify({
    rewriteUrl: (request) => rewriteHubUrl(request.url ?? '/'),
    routerOptions: { maxParamLength: 4_096 },
  });
  await app.register(hubRest(hub));
});
afterAll(async () => {
  await app.close();
  await hub.close();
});

describe('configurations over REST', () => {
  it('makes, reads, lists, changes and removes one', async () => {
    const body = { id: 'c1', content: CONTENT, targetCondition: "tags.env='prod'", priority: 10, labels: { a: 'b' } };
    const made = await ask('PUT', '/configurations/c1', body);
    expect(made.statusCode).toBe(201);
    expect(made.headers.etag).toBe(`"${made.json().etag}"`);
    expect(made.json()).toEqual({
      id: 'c1',
      schemaVersion: '1.0',
      labels: { a: 'b' },
      content: CONTENT,
      targetCondition: "tags.env='prod'",
      createdTimeUtc: '2030-01-01T00:00:00.0000000Z',
      lastUpdatedTimeUtc: '2030-01-01T00:00:00.0000000Z',
      priority: 10,
      systemMetrics: {
        results: { targetedCount: 0, appliedCount: 0 },
        queries: {
          targetedCount: "select deviceId from devices where tags.env='prod'",
          appliedCount: "select deviceId from devices where configurations.[[c1]].status = 'Applied'",
        },
      },
      metrics: { results: {}, queries: {} },
      etag: expect.any(String),
    });
    expect((await ask('GET', '/Configurations/c1')).json()).toEqual(made.json());
    await ask('PUT', '/configurations/c0', { content: CONTENT });
    expect((await ask('GET', '/configurations/?top=1')).json()).toMatchObject([{ id: 'c0' }]);
    expect((await ask('GET', '/configurations')).json()).toHaveLength(2);

    hub.clock.advance(5);
    const change = { ...made.json(), priority: 11, labels: {} };
    const changed = await ask('PUT', '/configurations/c1', change, { 'if-match': `"${made.json().etag}"` });
    expect([changed.statusCode, changed.json()]).toMatchObject([200, { priority: 11, labels: {} }]);
    expect(changed.json()).toMatchObject({
      createdTimeUtc: made.json().createdTimeUtc,
      targetCondition: "tags.env='prod'",
    });
    const stale = { 'if-match': `"${made.json().etag}"` };
    expectProblem(await ask('PUT', '/configurations/c1', {}, stale), 412, 'PreconditionFailed');
    expectProblem(await ask('DELETE', '/configurations/c1', undefined, stale), 412, 'PreconditionFailed');
    expect((await ask('DELETE', '/configurations/c1')).statusCode).toBe(204);
    expectProblem(await ask('GET', '/configurations/c1'), 404, 'ConfigurationNotFound');
    expectProblem(await ask('DELETE', '/configurations/c1'), 404, 'ConfigurationNotFound');
    expectProblem(await ask('PUT', '/configurations/c1', {}, { 'if-match': '*' }), 404, 'ConfigurationNotFound');
  });

  it('asks for the rights that go with it', async () => {
    const body = { content: CONTENT };
    for (const [policy, method, path] of [
      ['service', 'GET', '/configurations'],
      ['service', 'GET', '/configurations/c1'],
      ['reader', 'PUT', '/configurations/c1'],
      ['reader', 'DELETE', '/configurations/c1'],
      ['service', 'POST', '/configurations/testQueries'],
      ['reader', 'POST', '/devices/d1/applyConfigurationContent'],
    ] as const) {
      expectProblem(await ask(method, path, body, {}, policy), 401, 'IotHubUnauthorizedAccess');
    }
  });

  it.each([
    ['Capital', 'ArgumentInvalid'],
    ['has space', 'ArgumentInvalid'],
    ['semi;colon', 'ArgumentInvalid'],
    ["c1]].status = 'x' or [[c1", 'ArgumentInvalid'],
    ["c1' OR '1'='1", 'ArgumentInvalid'],
    ['$c', 'ArgumentInvalid'],
    ['a'.repeat(129), 'ArgumentInvalid'],
  ])('refuses the id %s', async (id, name) => {
    expectProblem(await ask('PUT', `/configurations/${encodeURIComponent(id)}`, { content: CONTENT }), 400, name);
  });

  it('takes every character that an id may have', async () => {
    const id = "a0-+%_*!'";
    expect((await ask('PUT', `/configurations/${encodeURIComponent(id)}`, { content: CONTENT })).statusCode).toBe(201);
    expect((await ask('GET', `/configurations/${encodeURIComponent(id)}`)).json()).toMatchObject({ id });
    expect((await ask('PUT', '/configurations/testqueries', { content: CONTENT })).statusCode).toBe(201);
  });

  it.each<[object, string, string]>([
    [{}, 'InvalidConfigurationContent', 'sets nothing'],
    [{ content: CONTENT, targetCondtion: '*' }, 'ArgumentInvalid', '"targetCondtion"'],
    [{ content: CONTENT, id: 'other' }, 'ArgumentInvalid', 'the one of the path'],
    [{ content: CONTENT, priority: -1 }, 'ArgumentInvalid', 'priority'],
    [{ content: CONTENT, priority: 1.5 }, 'ArgumentInvalid', 'priority'],
    [{ content: CONTENT, priority: '7' }, 'ArgumentInvalid', 'priority'],
    [{ content: CONTENT, labels: { a: 7 } }, 'ArgumentInvalid', 'labels'],
    [{ content: CONTENT, labels: { $a: 'x' } }, 'ArgumentInvalid', 'label'],
    [{ content: CONTENT, targetCondition: 7 }, 'ArgumentInvalid', 'targetCondition'],
    [{ content: CONTENT, targetCondition: 'tags.a = ' }, 'InvalidConfigurationTargetCondition', 'character 10'],
    [{ content: CONTENT, targetCondition: 'frob = 1' }, 'InvalidConfigurationTargetCondition', 'frob'],
    [
      { content: CONTENT, targetCondition: 'from devices.modules where tags.a = 1' },
      'InvalidConfigurationTargetCondition',
      'moduleContent',
    ],
    [
      { content: CONTENT, targetCondition: "configurations.[[c1]].status = 'Applied'" },
      'InvalidConfigurationTargetCondition',
      'write',
    ],
    [
      { content: CONTENT, targetCondition: 'tags.a = 1 OR NOT IS_DEFINED(properties.desired.a)' },
      'InvalidConfigurationTargetCondition',
      'write',
    ],
    [
      { content: { moduleContent: CONTENT.deviceContent }, targetCondition: '*' },
      'InvalidConfigurationTargetCondition',
      'from devices.modules where',
    ],
    [{ content: CONTENT, metrics: { queries: { m: 'SELECT' } } }, 'InvalidConfigurationCustomMetricsQuery', '"m"'],
    [
      { content: CONTENT, metrics: { queries: { m: 'SELECT COUNT() AS n FROM devices' } } },
      'InvalidConfigurationCustomMetricsQuery',
      'aggregate',
    ],
    [
      { content: CONTENT, metrics: { queries: { m: 'SELECT * FROM devices.jobs' } } },
      'InvalidConfigurationCustomMetricsQuery',
      'jobs',
    ],
  ])('refuses %j', async (body, name, why) => {
    const refused = await ask('PUT', '/configurations/c1', body);
    expectProblem(refused, 400, name);
    expect(refused.json().Message).toContain(why);
    // The SDKs cut a message at the first semicolon that follows.
    expect(refused.json().Message.split(';')[1]).toContain(why);
    expectProblem(await ask('GET', '/configurations/c1'), 404, 'ConfigurationNotFound');
  });

  it('refuses a second one of an id, and other content', async () => {
    await ask('PUT', '/configurations/twice', { content: CONTENT });
    expectProblem(await ask('PUT', '/configurations/twice', { content: CONTENT }), 409, 'ConfigurationAlreadyExists');
    const any = { 'if-match': '"*"' };
    const other = { content: { deviceContent: { 'properties.desired.a': 2 } } };
    expectProblem(
      await ask('PUT', '/configurations/twice', other, any),
      400,
      'CannotModifyImmutableConfigurationContent',
    );
    expect((await ask('PUT', '/configurations/twice', { priority: 3 }, any)).json()).toMatchObject({
      content: CONTENT,
      priority: 3,
    });
  });

  it('takes no more than there may be', async () => {
    const full = { ...hub, configurationsMax: (await listConfigurations(hub)).length };
    const refused = createConfiguration(full, 'one-more', { content: CONTENT });
    await expect(refused).rejects.toMatchObject({ code: 'configuration.tooMany', row: { http: 413, hub: 413_101 } });
  });

  it('says what is wrong with texts, without making anything', async () => {
    const answer = await ask('POST', '/configurations/testQueries', {
      targetCondition: 'tags.a ==',
      customMetricQueries: { good: 'SELECT deviceId FROM devices', bad: 'SELECT deviceId FRM devices' },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      targetConditionError: expect.stringContaining('character 9'),
      customMetricQueryErrors: { bad: expect.stringContaining('"FRM') },
    });
    const good = { targetCondition: "from devices.modules where tags.a = 'x'" };
    expect((await ask('POST', '/configurations/TESTQUERIES', good)).json()).toEqual({
      targetConditionError: null,
      customMetricQueryErrors: {},
    });
  });

  it('puts content into one device or module', async () => {
    await createDevice(hub, { deviceId: 'd1' });
    await createDevice(hub, { deviceId: 'd1', moduleId: 'm1' });
    expect((await ask('POST', '/devices/d1/applyConfigurationContent', CONTENT)).statusCode).toBe(204);
    const moduleContent = { moduleContent: CONTENT.deviceContent };
    const path = '/devices/d1/modules/m1/applyConfigurationContent';
    expect((await ask('POST', path, moduleContent)).statusCode).toBe(204);
    expectProblem(await ask('POST', path, CONTENT), 400, 'InvalidConfigurationContent');
    expectProblem(await ask('POST', '/devices/d2/applyConfigurationContent', CONTENT), 404, 'DeviceNotFound');
    const values = [hub.twins.find({ deviceId: 'd1' }), hub.twins.find({ deviceId: 'd1', moduleId: 'm1' })];
    expect((await Promise.all(values)).map((twin) => twin?.desired.values)).toEqual([{ a: 1 }, { a: 1 }]);
  });
});

function ask(
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
  policy = 'writer',
): Promise<LightMyRequestResponse> {
  const authorization = signSas(HOST, KEY, Math.floor(hub.clock.now() / 1_000) + 3_600, policy);
  return app.inject({
    method,
    url,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
}

function expectProblem(response: LightMyRequestResponse, status: number, name: string): void {
  expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([status, name]);
}
