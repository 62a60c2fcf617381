import { createDevice } from '@viaduct/hub';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { Client as DeviceClient, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCentral } from './sdk/central.ts';

/** Devices of central: asked and told over REST, with an unmodified device SDK at the other end. */
const TEMPLATE = 'dtmi:test:roomTemplate;1';
const MODEL = 'dtmi:test:room;1';
const deviceId = 'room1';
const ofDevice = { params: { deviceId } };

let server: TestServer;
let device: DeviceClient;
/** What the device heard, newest last. */
const heard: { readonly name: string; readonly payload: unknown }[] = [];

beforeAll(async () => {
  server = await startTestServer();
  await callCentral(server, null, 'DeviceTemplates_Create', { params: { deviceTemplateId: TEMPLATE }, body: ROOM });
  const body = { displayName: 'Room 1', template: TEMPLATE };
  await callCentral(server, null, 'Devices_Create', { ...ofDevice, body });
  const { symmetricKey } = (await callCentral(server, null, 'Devices_GetCredentials', ofDevice)).body;
  const host = new URL(server.ready.central.url).hostname;
  const connection = `HostName=${host};DeviceId=${deviceId};SharedAccessKey=${symmetricKey.primaryKey}`;
  device = DeviceClient.fromConnectionString(connection, Mqtt);
  await device.setOptions({ modelId: MODEL });
  await device.open();
  for (const name of ['reboot', 'thermostat1*report']) {
    device.onDeviceMethod(name, (request, response) => {
      heard.push({ name, payload: request.payload as unknown });
      response.send(name === 'reboot' ? 202 : 200, { got: request.payload as unknown }, () => {});
    });
  }
});
afterAll(async () => {
  await device.close();
  await server.stop();
});

describe('a device', () => {
  it('is made, listed, changed and removed', async ({ task }) => {
    const params = { deviceId: 'd1' };
    const made = (await callCentral(server, task, 'Devices_Create', { params, body: { displayName: 'Boiler' } })).body;
    expect(made).toMatchObject({
      id: 'd1',
      displayName: 'Boiler',
      enabled: true,
      provisioned: false,
      simulated: false,
    });
    const changed = (await callCentral(server, task, 'Devices_Update', { params, body: { organizations: ['plant'] } }))
      .body;
    expect(changed).toEqual({ ...made, organizations: ['plant'], etag: expect.not.stringMatching(made.etag) });
    const stale = await callCentral(server, null, 'Devices_Update', {
      params,
      body: { enabled: false },
      headers: { 'if-match': made.etag },
    });
    expect([stale.status, stale.body.error.code]).toEqual([412, 'PreconditionFailed']);
    const blocked = (await callCentral(server, task, 'Devices_Update', { params, body: { enabled: false } })).body;
    expect((await callCentral(server, task, 'Devices_Get', { params })).body).toEqual(blocked);
    const filter = "displayName eq 'Boiler' and enabled eq false and scopes eq 'plant'";
    const list = await callCentral(server, task, 'Devices_List', { query: { filter, orderby: 'displayName desc' } });
    expect(list.body).toEqual({ value: [blocked] });
    const page = (await callCentral(server, task, 'Devices_List', { query: { $top: '1' } })).body;
    const next = await fetch(page.nextLink, { headers: { authorization: server.ready.central.apiToken } });
    expect(((await next.json()) as { value: { id: string }[] }).value.map(({ id }) => id)).toEqual([deviceId]);
    expect((await callCentral(server, task, 'Devices_Remove', { params })).status).toBe(204);
    expect((await callCentral(server, null, 'Devices_Get', { params })).status).toBe(404);
    const wrong = await callCentral(server, null, 'Devices_List', { query: { filter: 'displayName eq' } });
    expect([wrong.status, wrong.body.error.code]).toEqual([422, 'InvalidQuery']);
  });

  it('connects with the key that it was given, and is provisioned then', async () => {
    expect((await callCentral(server, null, 'Devices_Get', ofDevice)).body).toMatchObject({ provisioned: true });
    const { idScope } = (await callCentral(server, null, 'Devices_GetCredentials', ofDevice)).body;
    expect(idScope).toBe((await server.provisioning.settings.get()).idScope);
  });

  it('has an attestation of its own where somebody gave it one', async ({ task }) => {
    const params = { deviceId: 'd2' };
    await callCentral(server, null, 'Devices_Create', { params, body: {} });
    expect((await callCentral(server, null, 'Devices_GetAttestation', { params })).status).toBe(404);
    const group = (await callCentral(server, task, 'Devices_GetCredentials', { params })).body.symmetricKey;
    const [primaryKey, secondaryKey] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'));
    const body = { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey } };
    expect((await callCentral(server, task, 'Devices_CreateAttestation', { params, body })).body).toEqual(body);
    expect((await callCentral(server, task, 'Devices_GetAttestation', { params })).body).toEqual(body);
    const other = Buffer.alloc(32, 3).toString('base64');
    const patch = { symmetricKey: { primaryKey: other } };
    await callCentral(server, task, 'Devices_UpdateAttestation', { params, body: patch });
    const given = (await callCentral(server, task, 'Devices_GetCredentials', { params })).body.symmetricKey;
    expect(given).toEqual({ primaryKey: other, secondaryKey });
    expect((await callCentral(server, task, 'Devices_RemoveAttestation', { params })).status).toBe(204);
    const back = (await callCentral(server, task, 'Devices_GetCredentials', { params })).body.symmetricKey;
    expect(back).toEqual(group);
  });
});

describe('commands', () => {
  it('are answered by the device, or its component, and remembered', async ({ task }) => {
    const params = { deviceId, commandName: 'reboot' };
    const run = (await callCentral(server, task, 'Devices_RunCommand', { params, body: { request: 5 } })).body;
    expect(run).toEqual({ id: expect.any(String), request: 5, response: { got: 5 }, responseCode: 202 });
    expect((await callCentral(server, task, 'Devices_GetCommandHistory', { params })).body).toEqual({ value: [run] });
    const component = { deviceId, componentName: 'thermostat1', commandName: 'report' };
    const body = { request: 'noon', connectionTimeout: 5, responseTimeout: 10 };
    const report = (await callCentral(server, task, 'Devices_RunComponentCommand', { params: component, body })).body;
    expect(heard.at(-1)).toEqual({ name: 'thermostat1*report', payload: 'noon' });
    const history = await callCentral(server, task, 'Devices_GetComponentCommandHistory', { params: component });
    expect(history.body.value).toEqual([report]);
  });

  it('wait for the device where the template says so', async () => {
    const message = new Promise<Message>((resolve) => device.once('message', resolve));
    const params = { deviceId, commandName: 'update' };
    const run = (await callCentral(server, null, 'Devices_RunCommand', { params, body: { request: { version: 2 } } }))
      .body;
    expect(run).toEqual({ id: expect.any(String), request: { version: 2 } });
    const got = await message;
    expect(JSON.parse(got.getData().toString())).toEqual({ version: 2 });
    expect(got.properties.getValue('method-name')).toBe('update');
    await device.complete(got);
  });

  it('are refused with a request of another type, of another name, and while the device is away', async () => {
    const refused = async (params: Record<string, string>, body: object) => {
      const answer = await callCentral(server, null, 'Devices_RunCommand', { params, body });
      return [answer.status, answer.body.error.message];
    };
    const [status, words] = await refused({ deviceId, commandName: 'reboot' }, { request: 'soon' });
    expect([status, words]).toEqual([400, '"request" is an integer, not "soon"']);
    expect((await refused({ deviceId, commandName: 'dance' }, {}))[0]).toBe(404);
    expect((await refused({ deviceId: 'd2', commandName: 'reboot' }, {}))[0]).toBe(404);
  });

  it('reach modules and their components', async ({ task }) => {
    const module = { deviceId, moduleId: 'm1' };
    const { authentication } = await createDevice(server.hub, module);
    const host = new URL(server.ready.central.url).hostname;
    const key = authentication.symmetricKey.primaryKey;
    const { ModuleClient } = await import('azure-iot-device');
    const client = ModuleClient.fromConnectionString(
      `HostName=${host};DeviceId=${deviceId};ModuleId=m1;SharedAccessKey=${key}`,
      Mqtt,
    );
    await client.open();
    for (const name of ['ping', 'part*ping']) {
      client.onMethod(name, (_request, response) => response?.send(200, name, () => {}));
    }
    const params = { deviceId, moduleName: 'm1', commandName: 'ping' };
    const patient = { connectionTimeout: 10 };
    const run = (await callCentral(server, task, 'Devices_RunModuleCommand', { params, body: patient })).body;
    expect(run).toMatchObject({ response: 'ping', responseCode: 200 });
    const inPart = { ...params, componentName: 'part' };
    const part = await callCentral(server, task, 'Devices_RunModuleComponentCommand', {
      params: inPart,
      body: patient,
    });
    expect(part.body.response).toBe('part*ping');
    expect((await callCentral(server, task, 'Devices_GetModuleCommandHistory', { params })).body.value).toEqual([run]);
    const history = await callCentral(server, task, 'Devices_GetModuleComponentCommandHistory', { params: inPart });
    expect(history.body.value).toEqual([part.body]);

    const twin = await client.getTwin();
    twin.on('properties.desired', () => {});
    await new Promise<void>((resolve) => {
      twin.properties.reported.update({ state: 'up', part: { __t: 'c', level: 3 } }, () => resolve());
    });
    await client.sendEvent(new Message(JSON.stringify({ load: 7 })));
    const inPartOf = { params: { deviceId, moduleName: 'm1', componentName: 'part' } };
    const ofModule = { params: { deviceId, moduleName: 'm1' } };
    const bag = (await callCentral(server, task, 'Devices_GetModuleProperties', ofModule)).body;
    expect(bag).toMatchObject({ state: 'up', part: { level: 3 } });
    await callCentral(server, task, 'Devices_UpdateModuleProperties', { ...ofModule, body: { rate: 5 } });
    const replaced = await callCentral(server, task, 'Devices_ReplaceModuleProperties', {
      ...ofModule,
      body: { pace: 1 },
    });
    expect([replaced.status, replaced.body.$metadata.rate, replaced.body.$metadata.pace.desiredValue]).toEqual([
      202,
      undefined,
      1,
    ]);
    const part1 = await callCentral(server, task, 'Devices_UpdateModuleComponentProperties', {
      ...inPartOf,
      body: { limit: 9 },
    });
    expect(part1.body.$metadata.limit).toMatchObject({ desiredValue: 9 });
    await callCentral(server, task, 'Devices_ReplaceModuleComponentProperties', { ...inPartOf, body: { limit: 8 } });
    const now = (await callCentral(server, task, 'Devices_GetModuleComponentProperties', inPartOf)).body;
    expect(now.$metadata.limit.desiredValue).toBe(8);
    expect((await callCentral(server, task, 'Devices_ListModules', ofDevice)).body.value).toMatchObject([
      { name: 'm1' },
    ]);
    const parts = (await callCentral(server, task, 'Devices_ListModuleComponents', ofModule)).body.value;
    expect(parts).toMatchObject([{ name: 'part' }]);
    const telemetry = await saidSoon(
      'Devices_GetModuleTelemetryValue',
      { ...ofModule.params, telemetryName: 'load' },
      task,
    );
    expect(telemetry.value).toBe(7);
    const message = new Message(JSON.stringify({ depth: 4 }));
    message.properties.add('$.sub', 'part');
    await client.sendEvent(message);
    const deep = { ...inPartOf.params, telemetryName: 'depth' };
    expect((await saidSoon('Devices_GetModuleComponentTelemetryValue', deep, task)).value).toBe(4);
    await client.close();
  });
});

/** The history is a moment behind the log. */
async function saidSoon(operation: string, params: Record<string, string>, task: Parameters<typeof callCentral>[1]) {
  return until(
    async () => {
      const { status, body } = await callCentral(server, task, operation, { params });
      return status === 200 && 'value' in body ? (body as { value: unknown; timestamp: string }) : undefined;
    },
    { what: `the value of ${params.telemetryName}` },
  );
}

describe('properties', () => {
  it('are wished for, acknowledged and read, in components too', async ({ task }) => {
    const twin = await device.getTwin();
    const wishes: Record<string, unknown>[] = [];
    twin.on('properties.desired', (delta: Record<string, unknown>) => wishes.push(delta));
    const body = { rate: 5, owner: 'ada', thermostat1: { target: 21.5 } };
    const asked = await callCentral(server, task, 'Devices_UpdateProperties', { ...ofDevice, body });
    expect([asked.status, asked.body]).toMatchObject([
      202,
      {
        owner: 'ada',
        $metadata: { rate: { desiredValue: 5 } },
        thermostat1: { $metadata: { target: { desiredValue: 21.5 } } },
      },
    ]);
    await until(() => (twin.properties.desired.thermostat1?.target === 21.5 ? true : undefined), { what: 'the wish' });
    expect(twin.properties.desired.thermostat1).toEqual({ __t: 'c', target: 21.5 });
    expect(twin.properties.desired.owner).toBeUndefined();
    const acknowledged = { value: 21.5, ac: 200, av: twin.properties.desired.$version, ad: 'heating' };
    await new Promise<void>((resolve) => {
      const told = { serial: 'a1', extra: true, thermostat1: { __t: 'c', target: acknowledged } };
      twin.properties.reported.update(told, () => resolve());
    });
    const bag = (await callCentral(server, task, 'Devices_GetProperties', ofDevice)).body;
    expect(bag).toMatchObject({
      serial: 'a1',
      owner: 'ada',
      thermostat1: {
        target: 21.5,
        $metadata: { target: { desiredValue: 21.5, ackCode: 200, ackDescription: 'heating' } },
      },
      $metadata: { serial: { lastUpdateTime: expect.stringMatching(/Z$/) } },
    });
    expect(bag.extra).toBeUndefined();
    const all = await callCentral(server, null, 'Devices_GetProperties', { ...ofDevice, query: { unmodeled: 'true' } });
    expect(all.body.extra).toBe(true);
    const inComponent = { params: { deviceId, componentName: 'thermostat1' } };
    expect((await callCentral(server, task, 'Devices_GetComponentProperties', inComponent)).body.target).toBe(21.5);
    const changed = { ...inComponent, body: { target: 19 } };
    expect((await callCentral(server, task, 'Devices_UpdateComponentProperties', changed)).status).toBe(202);
    const emptied = await callCentral(server, task, 'Devices_ReplaceComponentProperties', { ...inComponent, body: {} });
    expect(emptied.body.$metadata.target.desiredValue).toBeUndefined();
    const replaced = (await callCentral(server, task, 'Devices_ReplaceProperties', { ...ofDevice, body: { rate: 6 } }))
      .body;
    expect([replaced.owner, replaced.$metadata.rate.desiredValue]).toEqual([undefined, 6]);
    const parts = (await callCentral(server, task, 'Devices_ListComponents', ofDevice)).body.value;
    expect(parts).toMatchObject([{ name: 'thermostat1' }]);
  });

  it.each([
    [{ rate: 'fast' }, '"rate" is an integer, not "fast"'],
    [{ serial: 'b' }, '"serial" is not writable'],
    [{ nothing: 1 }, 'the template has no property "nothing"'],
    [{ thermostat1: 5 }, '"thermostat1" is a component'],
    [{ thermostat1: { target: {} } }, '"thermostat1.target" is a number'],
    [{ owner: 5 }, '"owner" is a text, not 5'],
  ])('%j are refused, with the name of the member', async (body, words) => {
    const { status, body: problem } = await callCentral(server, null, 'Devices_UpdateProperties', {
      ...ofDevice,
      body,
    });
    expect([status, problem.error.message]).toEqual([400, expect.stringContaining(words)]);
  });
});

describe('telemetry', () => {
  it('is told as it was last', async ({ task }) => {
    const root = new Message(JSON.stringify({ temperature: 21.5, place: { lat: 1.5, lon: 2 } }));
    await device.sendEvent(root);
    const component = new Message(JSON.stringify({ humidity: 40 }));
    component.properties.add('$.sub', 'thermostat1');
    await device.sendEvent(component);
    const value = await saidSoon('Devices_GetTelemetryValue', { deviceId, telemetryName: 'temperature' }, task);
    expect(value).toEqual({ value: 21.5, timestamp: expect.stringMatching(/Z$/) });
    const humidity = { deviceId, componentName: 'thermostat1', telemetryName: 'humidity' };
    expect((await saidSoon('Devices_GetComponentTelemetryValue', humidity, task)).value).toBe(40);
    expect((await saidSoon('Devices_GetTelemetryValue', { deviceId, telemetryName: 'place' }, null)).value).toEqual({
      lat: 1.5,
      lon: 2,
    });
    const silent = await callCentral(server, null, 'Devices_GetTelemetryValue', {
      params: { deviceId, telemetryName: 'pressure' },
    });
    expect([silent.status, silent.body]).toEqual([200, {}]);
    const unknown = await callCentral(server, null, 'Devices_GetTelemetryValue', {
      params: { deviceId, telemetryName: 'x' },
    });
    expect(unknown.status).toBe(404);
  });
});

describe('a gateway', () => {
  it('has devices behind it, in its scope, and takes a deployment manifest', async ({ task }) => {
    const gateway = { deviceId: 'gateway' };
    const made = await callCentral(server, null, 'Devices_Create', { params: gateway, body: { type: ['iotEdge'] } });
    expect(made.body.type).toEqual(['iotEdge']);
    const params = { ...gateway, relationshipId: 'r1' };
    const put = await callCentral(server, task, 'Devices_CreateRelationship', { params, body: { target: deviceId } });
    expect(put.body).toEqual({ id: 'r1', source: 'gateway', target: deviceId });
    const scope = async (id: string) => (await server.hub.registry.find({ deviceId: id }))?.deviceScope ?? null;
    expect(await scope(deviceId)).toBe(await scope('gateway'));
    expect((await callCentral(server, task, 'Devices_GetRelationship', { params })).body).toEqual(put.body);
    const listed = await callCentral(server, task, 'Devices_ListRelationships', ofDevice);
    expect(listed.body).toEqual({ value: [put.body] });
    await callCentral(server, task, 'Devices_UpdateRelationship', { params, body: { target: 'd2' } });
    expect([await scope(deviceId), await scope('d2')]).toEqual([null, await scope('gateway')]);
    expect((await callCentral(server, task, 'Devices_RemoveRelationship', { params })).status).toBe(204);
    expect((await callCentral(server, null, 'Devices_GetRelationship', { params })).status).toBe(404);

    const data = { modulesContent: { $edgeAgent: { 'properties.desired': { schemaVersion: '1.1' } } } };
    const applied = await callCentral(server, task, 'Devices_ApplyManifest', { params: gateway, body: { data } });
    expect(applied.body).toEqual({ data });
    const agent = await server.hub.twins.find({ deviceId: 'gateway', moduleId: '$edgeAgent' });
    expect(agent?.desired.values).toEqual({ schemaVersion: '1.1' });
    const refused = await callCentral(server, null, 'Devices_ApplyManifest', { ...ofDevice, body: { data } });
    expect(refused.status).toBe(400);
  });
});

const ROOM = {
  '@id': TEMPLATE,
  '@type': ['ModelDefinition', 'DeviceModel'],
  displayName: 'Room',
  capabilityModel: {
    '@context': ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'],
    '@id': MODEL,
    '@type': 'Interface',
    displayName: 'Room',
    contents: [
      { '@type': 'Telemetry', name: 'temperature', schema: 'double' },
      { '@type': 'Telemetry', name: 'pressure', schema: 'double' },
      { '@type': 'Property', name: 'serial', schema: 'string' },
      { '@type': 'Property', name: 'rate', schema: 'integer', writable: true },
      { '@type': ['Property', 'Cloud'], name: 'owner', schema: 'string' },
      { '@type': 'Command', name: 'reboot', request: { name: 'delay', schema: 'integer' } },
      { '@type': 'Command', name: 'update', durable: true },
      {
        '@type': 'Component',
        name: 'thermostat1',
        schema: {
          '@id': 'dtmi:test:thermostat;1',
          '@type': 'Interface',
          contents: [
            { '@type': 'Telemetry', name: 'humidity', schema: 'double' },
            { '@type': 'Property', name: 'target', schema: 'double', writable: true },
            { '@type': 'Command', name: 'report', request: { name: 'since', schema: 'string' } },
          ],
        },
      },
    ],
  },
};
