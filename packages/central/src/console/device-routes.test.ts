import {
  type CommandRunPage,
  type ConsoleProblem,
  type DeviceDetail,
  type DeviceRow,
  HubError,
  type LiveTelemetry,
  type MethodResult,
  type Overview,
  type Page,
  type QueuedCommand,
  type Refusal,
  type TwinView,
} from '@viaduct/contracts';
import { rememberModel } from '@viaduct/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';
import { FakeSession, say } from '../testing/fake-session.ts';

let tested: ConsoleUnderTest;
let browser: Browser;

beforeEach(async () => {
  tested = await openConsole();
  browser = await signedInBrowser(tested);
});
afterEach(() => tested.close());

async function create(deviceId: string): Promise<DeviceDetail> {
  return (await browser.request('POST', '/devices', { deviceId })).json();
}

function connect(deviceId: string): FakeSession {
  const session = new FakeSession(deviceId, tested.clock.now());
  tested.hub.sessions.enter(session);
  return session;
}

describe('devices', () => {
  it('are made with keys, ready to be pasted', async () => {
    const device = await create('d1');
    expect(device).toMatchObject({
      deviceId: 'd1',
      status: 'enabled',
      connected: false,
      lastSeen: null,
      authentication: 'sas',
      model: null,
      queuedCommands: 0,
    });
    expect(device.primaryConnectionString).toMatch(/^HostName=hub\.example;DeviceId=d1;SharedAccessKey=.{43}=$/);
    expect(device.secondaryConnectionString).not.toBe(device.primaryConnectionString);
  });

  it('may have any id that the registry allows, as long as it may be', async () => {
    const deviceId = `-:.+%_#*?!(),=@;$'${'x'.repeat(110)}`;
    await create(deviceId);
    const answer = await browser.request('GET', `/devices/${encodeURIComponent(deviceId)}`);
    expect(answer.json<DeviceDetail>().deviceId).toBe(deviceId);
  });

  it('are refused in words that say what is wrong', async () => {
    await create('d1');
    const twice = await browser.request('POST', '/devices', { deviceId: 'd1' });
    expect([twice.statusCode, twice.json<ConsoleProblem>().code]).toEqual([409, 'device.exists']);
    const bad = await browser.request('POST', '/devices', { deviceId: 'a b' });
    expect(bad.json<ConsoleProblem>()).toMatchObject({ code: 'device.idInvalid' });
    const missing = await browser.request('GET', '/devices/nobody');
    expect(missing.statusCode).toBe(404);
    const nothing = await browser.request('POST', '/devices', {});
    expect(nothing.json<ConsoleProblem>()).toMatchObject({ code: 'argument.invalid' });
    const noJson = await browser.request('POST', '/devices', '{');
    expect(noJson.json<ConsoleProblem>()).toMatchObject({ code: 'format.invalid' });
    expect(noJson.json<ConsoleProblem>().trackingId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are listed in pages, found by search and by state', async () => {
    for (const deviceId of ['pump-1', 'pump-2', 'valve-1']) await create(deviceId);
    connect('pump-2');
    await browser.request('PATCH', '/devices/valve-1', { status: 'disabled' });
    const list = async (query: string) => (await browser.request('GET', `/devices?${query}`)).json<Page<DeviceRow>>();

    const first = await list('limit=2');
    expect([first.total, first.items.map(({ deviceId }) => deviceId)]).toEqual([3, ['pump-1', 'pump-2']]);
    const second = await list(`limit=2&cursor=${first.cursor}`);
    expect([second.cursor, second.items.map(({ deviceId }) => deviceId)]).toEqual([undefined, ['valve-1']]);
    expect((await list('search=PUMP')).total).toBe(2);
    expect((await list('state=disabled')).items.map(({ deviceId }) => deviceId)).toEqual(['valve-1']);
    expect((await list('search=pump-2')).items[0]?.connected).toBe(true);
    expect((await browser.request('GET', '/devices?state=asleep')).statusCode).toBe(400);
  });

  it('are disabled, which ends their connection, and deleted', async () => {
    await create('d1');
    const session = connect('d1');
    const disabled = await browser.request('PATCH', '/devices/d1', { status: 'disabled' });
    expect(disabled.json<DeviceDetail>().status).toBe('disabled');
    expect(session.closedWith?.code).toBe('device.disabled');
    expect((await browser.request('DELETE', '/devices/d1')).statusCode).toBe(204);
    expect((await browser.request('GET', '/devices/d1')).statusCode).toBe(404);
  });

  it('show the model that they announced', async () => {
    await create('d1');
    await rememberModel(tested.hub, { deviceId: 'd1' }, 'dtmi:viaduct:example:Thermostat;1');
    const device = (await browser.request('GET', '/devices/d1')).json<DeviceDetail>();
    expect(device).toMatchObject({ modelId: 'dtmi:viaduct:example:Thermostat;1', modelName: 'Thermostat' });
    expect(device.model?.telemetry).toContainEqual(expect.objectContaining({ name: 'temperature', unit: '°C' }));
    const document = await browser.request('GET', `/models/${encodeURIComponent('dtmi:viaduct:example:Thermostat;1')}`);
    expect(document.json()).toMatchObject({ '@id': 'dtmi:viaduct:example:Thermostat;1' });
    const unknown = await browser.request('GET', `/models/${encodeURIComponent('dtmi:viaduct:Nothing;1')}`);
    expect([unknown.statusCode, unknown.json<ConsoleProblem>().code]).toEqual([404, 'model.notFound']);
  });
});

describe('what a device said', () => {
  it('is read back, the newest of it, oldest first', async () => {
    await create('d1');
    for (let value = 1; value <= 5; value++) {
      await say(tested.hub, 'd1', `{"value":${value}}`, '%24.ct=application%2Fjson&%24.sub=motor&site=north');
      await say(tested.hub, 'other', '{"value":0}');
    }
    const answer = await browser.request('GET', '/devices/d1/messages?sinceSeconds=60&limit=3');
    const messages = answer.json<readonly LiveTelemetry[]>();
    expect(messages.map(({ body }) => body)).toEqual([3, 4, 5].map((value) => ({ kind: 'json', value: { value } })));
    expect(messages[0]).toMatchObject({
      deviceId: 'd1',
      moduleId: null,
      bodyBytes: 11,
      contentType: 'application/json',
      component: 'motor',
      properties: { site: 'north' },
    });
  });

  it('is a problem when there is no such device', async () => {
    expect((await browser.request('GET', '/devices/nobody/messages')).statusCode).toBe(404);
  });
});

describe('what is asked of a device', () => {
  it('changes desired properties by merge, and shows when each was written', async () => {
    await create('d1');
    await browser.request('PATCH', '/devices/d1/twin', { desired: { interval: 5, unit: 'C' } });
    const patched = await browser.request('PATCH', '/devices/d1/twin', { desired: { unit: null, limits: { max: 9 } } });
    const twin = patched.json<TwinView>();
    expect(twin.desired.values).toEqual({ interval: 5, limits: { max: 9 } });
    expect(twin.desired.metadata).toMatchObject({ interval: { $lastUpdated: expect.any(String) } });
    expect((await browser.request('GET', '/devices/d1/twin')).json()).toEqual(twin);
  });

  it('calls methods and says how long the answer took', async () => {
    await create('d1');
    const offline = await browser.request('POST', '/devices/d1/methods', { methodName: 'blink', payload: null });
    expect([offline.statusCode, offline.json<ConsoleProblem>().code]).toEqual([404, 'device.notOnline']);
    connect('d1');
    const answer = await browser.request('POST', '/devices/d1/methods', { methodName: 'blink', payload: { times: 3 } });
    expect(answer.json<MethodResult>()).toEqual({
      status: 200,
      payload: { did: 'blink', with: { times: 3 } },
      durationMs: expect.any(Number),
    });
    const waits = { body: '{"on":true}', properties: { 'method-name': 'lamp*switch' } };
    await browser.request('POST', '/devices/d1/commands', waits);
    const { items } = (await browser.request('GET', '/devices/d1/command-runs')).json<CommandRunPage>();
    expect(items).toMatchObject([
      { component: 'lamp', name: 'switch', request: { on: true }, responseCode: null, caller: 'ada' },
      { component: null, name: 'blink', request: { times: 3 }, response: { did: 'blink' }, responseCode: 200 },
    ]);
  });

  it('queues commands and shows what waits', async () => {
    await create('d1');
    const sent = await browser.request('POST', '/devices/d1/commands', {
      body: 'hello',
      contentType: 'text/plain',
      properties: { urgent: 'yes' },
      ttlSeconds: 60,
    });
    const command = sent.json<QueuedCommand>();
    expect(command).toMatchObject({ state: 'waiting', bodyBytes: 5, deliveryCount: 0 });
    expect(command.messageId).not.toBe('');
    expect((await browser.request('GET', '/devices/d1/commands')).json()).toEqual([command]);
    expect((await browser.request('GET', '/devices/d1')).json<DeviceDetail>().queuedCommands).toBe(1);
  });

  it('tells why a device was refused, even one that does not exist', async () => {
    const { code, message } = new HubError('credential.expired', 'token expired 2 h ago');
    for (let times = 0; times < 3; times++) {
      tested.hub.refusals.record({ deviceId: 'ghost', code, message, transport: 'mqtt', remoteAddress: '10.0.0.7' });
    }
    const refusals = (await browser.request('GET', '/devices/ghost/refusals')).json<readonly Refusal[]>();
    expect(refusals).toEqual([expect.objectContaining({ code, message, count: 3, remoteAddress: '10.0.0.7' })]);
    expect(refusals[0]?.advice).not.toBe('');
  });
});

describe('the overview', () => {
  it('counts devices, connections and messages of the last seconds', async () => {
    await create('d1');
    await create('d2');
    connect('d1');
    for (let times = 0; times < 10; times++) await say(tested.hub, 'd1', '1');
    const overview = (await browser.request('GET', '/overview')).json<Overview>();
    expect(overview).toEqual({
      devices: 2,
      connected: 1,
      messagesPerSecond: 2,
      log: { available: true, reason: null },
      version: '0.0.0-test',
      thisMachine: 'this-machine',
    });
  });

  it('gives the root certificate to anybody', async () => {
    const answer = await tested.app.inject('/console/api/ca.pem');
    expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining('BEGIN CERTIFICATE')]);
  });

  it('tells nothing of a fault but where to look for it', async () => {
    await tested.store.tables.schema.dropTable('audit').execute();
    const answer = await browser.request('GET', '/audit');
    expect(answer.statusCode).toBe(500);
    expect(answer.json<ConsoleProblem>()).toMatchObject({ code: 'server.fault', message: 'internal error' });
  });
});
