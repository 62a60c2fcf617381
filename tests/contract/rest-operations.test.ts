import { sendCommand } from '@viaduct/hub';
import { deviceClient, deviceToken, startTestServer, type TestServer } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proves } from './sdk/operations.ts';
import { type RawAnswer, RawRest } from './sdk/raw-rest.ts';

/** Every operation that other engineers' suites do not have, as a request in its plainest form. */
let server: TestServer;
let rest: RawRest;
beforeAll(async () => {
  server = await startTestServer();
  rest = new RawRest(server);
});
afterAll(async () => {
  rest.close();
  await server.stop();
});

const ANY = { 'if-match': '*' };

describe('raw requests', () => {
  it('has a device from its creation to its end', async ({ task }) => {
    proves(task, 'devices.create_or_update_identity', 'devices.get_identity', 'devices.get_devices');
    proves(task, 'devices.delete_identity', 'statistics.get_device_statistics', 'statistics.get_service_statistics');
    const made = await rest.ask('PUT', '/devices/life', { body: { deviceId: 'life' } });
    expectJson(made, 200);
    expect((await rest.ask('GET', '/devices/life')).json).toEqual(made.json);
    expect((await rest.ask('GET', '/devices?top=1000')).json).toContainEqual(made.json);
    const off = await rest.ask('PUT', '/devices/life', { body: { status: 'disabled' }, headers: ANY });
    expect(off.json).toMatchObject({ status: 'disabled', authentication: made.json.authentication });
    expect((await rest.ask('GET', '/statistics/devices')).json).toMatchObject({ disabledDeviceCount: 1 });
    expect((await rest.ask('GET', '/statistics/service')).json).toEqual({ connectedDeviceCount: 0 });
    const gone = await rest.ask('DELETE', '/devices/life', { headers: { 'if-match': `"${off.json.etag}"` } });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await rest.ask('GET', '/devices/life')).status).toBe(404);
  });

  it('has a module from its creation to its end', async ({ task }) => {
    proves(task, 'modules.create_or_update_identity', 'modules.get_identity', 'modules.get_modules_on_device');
    proves(task, 'modules.delete_identity');
    await rest.ask('PUT', '/devices/housing', { body: {} });
    const made = await rest.ask('PUT', '/devices/housing/modules/m', { body: { deviceId: 'housing', moduleId: 'm' } });
    expectJson(made, 201);
    expect((await rest.ask('GET', '/devices/housing/modules/m')).json).toEqual(made.json);
    expect((await rest.ask('GET', '/devices/housing/modules')).json).toEqual([made.json]);
    expect((await rest.ask('PUT', '/devices/housing/modules/m', { body: {}, headers: ANY })).status).toBe(200);
    expect((await rest.ask('DELETE', '/devices/housing/modules/m', { headers: ANY })).status).toBe(204);
    expect((await rest.ask('GET', '/devices/housing/modules')).json).toEqual([]);
  });

  it.for([
    ['devices', '/devices/doc', '/twins/doc'],
    ['modules', '/devices/doc/modules/m', '/twins/doc/modules/m'],
  ] as const)('reads, merges and replaces the twins of %s', async ([group, identity, twin], { task }) => {
    proves(task, `${group}.get_twin`, `${group}.update_twin`, `${group}.replace_twin`);
    await rest.ask('PUT', identity, { body: {} });
    const first = await rest.ask('GET', twin);
    expectJson(first, 200);
    const merged = await rest.ask('PATCH', twin, {
      body: { tags: { floor: 3, wing: 'A' }, properties: { desired: { speed: 1, old: true } } },
      headers: { 'if-match': `"${first.json.etag}"` },
    });
    expect(merged.json).toMatchObject({
      tags: { floor: 3, wing: 'A' },
      properties: { desired: { speed: 1, $version: 2 } },
    });
    const replaced = await rest.ask('PUT', twin, { body: { properties: { desired: { speed: 2 } } }, headers: ANY });
    expect(replaced.json.tags).toEqual({ floor: 3, wing: 'A' });
    const { $metadata: _, ...desired } = replaced.json.properties.desired;
    expect(desired).toEqual({ speed: 2, $version: 3 });
    expect(replaced.headers.etag).toBe(`"${replaced.json.etag}"`);
  });

  it('changes many devices at once, each with an outcome, in every mode', async ({ task }) => {
    proves(task, 'bulk_registry.update_registry');
    const bulk = (body: readonly object[]) => rest.ask('POST', '/devices', { body });
    const made = await bulk([
      { id: 'b1', importMode: 'create', tags: { a: 1 }, properties: { desired: { d: 1 } } },
      { id: 'b2', importMode: 'Create' },
      { id: 'b2', moduleId: 'm', importMode: 'create' },
    ]);
    expect([made.status, made.json]).toEqual([200, { isSuccessful: true, errors: [], warnings: [] }]);
    const [b1, b2] = await Promise.all(['b1', 'b2'].map(async (id) => (await rest.ask('GET', `/devices/${id}`)).json));
    const { etag: twinETag } = (await rest.ask('GET', '/twins/b1')).json;
    const changed = await bulk([
      { id: 'b1', importMode: 'Update', status: 'disabled' },
      { id: 'b2', importMode: 'UpdateIfMatchETag', eTag: b2.etag, status: 'disabled' },
      { id: 'b1', importMode: 'updateTwin', tags: { b: 2 } },
      { id: 'b1', importMode: 'updateTwinIfMatchETag', twinETag, tags: { c: 3 } },
      { id: 'b1', importMode: 'deleteIfMatchETag', eTag: b1.etag },
      { id: 'nobody', importMode: 'delete' },
      { id: 'b1', importMode: 'create' },
      { id: 'b1', importMode: 'borrow' },
    ]);
    expect([changed.status, changed.headers['iothub-errorcode']]).toEqual([400, 'BulkRegistryOperationFailure']);
    const refusals = changed.json.errors as readonly Record<string, string>[];
    expect(refusals.map(({ deviceId, errorCode }) => `${deviceId} ${errorCode}`)).toEqual([
      'b1 PreconditionFailed',
      'b1 PreconditionFailed',
      'nobody DeviceNotFound',
      'b1 DeviceAlreadyExists',
      'b1 ArgumentInvalid',
    ]);
    expect((await rest.ask('GET', '/twins/b1')).json).toMatchObject({ status: 'disabled', tags: { a: 1, b: 2 } });
    const gone = await bulk([
      { id: 'b2', moduleId: 'm', importMode: 'delete' },
      { id: 'b1', importMode: 'Delete' },
      { id: 'b2', importMode: 'delete' },
    ]);
    expect(gone.json.isSuccessful).toBe(true);
  });

  it('rotates keys of many devices and modules', async ({ task }) => {
    proves(task, 'service.bulk_regenerate_device_key_method');
    await rest.ask('PUT', '/devices/keys', { body: {} });
    await rest.ask('PUT', '/devices/keys/modules/m', { body: {} });
    const keysOf = async (path: string) => (await rest.ask('GET', path)).json.authentication.symmetricKey;
    const before = await keysOf('/devices/keys/modules/m');
    const rotate = (policyKey: string, ...devices: readonly object[]) =>
      rest.ask('POST', '/devices/keys/regenerate', { body: { policyKey, devices } });
    const swapped = await rotate('swap', { id: 'keys', moduleId: 'm' });
    const { primaryKey, secondaryKey } = before;
    expect([swapped.status, swapped.json]).toEqual([
      200,
      {
        policyKey: 'swap',
        rotatedKeys: [{ id: 'keys', moduleId: 'm', primaryKey: secondaryKey, secondaryKey: primaryKey }],
        errors: [],
      },
    ]);
    const both = await rotate('both', { id: 'keys' }, { id: 'nobody' });
    expect(both.status).toBe(207);
    expect(both.json.rotatedKeys).toEqual([{ id: 'keys', ...(await keysOf('/devices/keys')) }]);
    expect(both.json.errors).toMatchObject([{ id: 'nobody', errorCode: 'DeviceNotFound' }]);
    const none = await rotate('primary', { id: 'nobody' }, { id: 'a b' });
    expect([none.status, none.headers['iothub-errorcode']]).toEqual([400, 'BulkRegenerateDeviceKeyOperationFailure']);
    expect(none.json.errors).toHaveLength(2);
    expect((await rotate('tertiary', { id: 'keys' })).headers['iothub-errorcode']).toBe('InvalidPolicyKey');
  });

  it('calls a method of a device and of its module', async ({ task }) => {
    proves(task, 'devices.invoke_method', 'modules.invoke_method');
    const { connectionString } = await server.createDevice('called');
    await rest.ask('PUT', '/devices/called/modules/m', { body: {} });
    const device = await deviceClient(connectionString, server.caFile);
    await device.open();
    device.onDeviceMethod('blink', (request, response) => {
      response.send(207, request.payload as never, () => {});
    });
    const body = {
      methodName: 'blink',
      payload: [1, null],
      connectTimeoutInSeconds: '5',
      responseTimeoutInSeconds: '5',
    };
    const answer = await rest.ask('POST', '/twins/called/methods', { body });
    expect([answer.status, answer.json]).toEqual([200, { status: 207, payload: [1, null] }]);
    await device.close();
    const away = await rest.ask('POST', '/twins/called/modules/m/methods', { body: { methodName: 'blink' } });
    expect([away.status, away.headers['iothub-errorcode']]).toEqual([404, 'DeviceNotOnline']);
    expect(JSON.parse(away.json.Message)).toMatchObject({ errorCode: 404103, info: { timeout: '00:00:00' } });
  });

  it('empties the queue of a device, and tells of it once, under a lock', async ({ task }) => {
    proves(task, 'cloud_to_device_messages.purge_cloud_to_device_message_queue');
    proves(task, 'cloud_to_device_messages.receive_feedback_notification');
    proves(task, 'cloud_to_device_messages.complete_feedback_notification');
    proves(task, 'cloud_to_device_messages.abandon_feedback_notification');
    await server.createDevice('queue');
    const feedback = '/messages/serviceBound/feedback';
    expect([(await rest.ask('GET', feedback)).status]).toEqual([204]);
    const command = { body: Buffer.from('x'), application: {}, ack: 'full' } as const;
    for (const messageId of ['a', 'b']) {
      await sendCommand(server.hub, { deviceId: 'queue' }, { ...command, system: { messageId } });
    }
    const purged = await rest.ask('DELETE', '/devices/queue/commands');
    expect([purged.status, purged.json]).toEqual([200, { totalMessagesPurged: 2, deviceId: 'queue', moduleId: null }]);
    const batch = await rest.ask('GET', feedback);
    expectJson(batch, 200);
    expect(batch.json).toMatchObject([
      { originalMessageId: 'a', statusCode: 'Purged', deviceId: 'queue' },
      { originalMessageId: 'b', statusCode: 'Purged', deviceId: 'queue' },
    ]);
    expect((await rest.ask('GET', feedback)).status).toBe(204);
    const lock = batch.headers.etag?.replaceAll('"', '') ?? '';
    expect((await rest.ask('POST', `${feedback}/${lock}/abandon`)).status).toBe(204);
    const again = await rest.ask('GET', feedback.toUpperCase());
    expect([again.json, again.headers['iothub-deliverycount']]).toEqual([batch.json, '1']);
    const late = await rest.ask('DELETE', `${feedback}/${lock}`);
    expect([late.status, late.headers['iothub-errorcode']]).toEqual([412, 'DeviceMessageLockLost']);
    expect((await rest.ask('DELETE', `${feedback}/${again.headers.etag?.replaceAll('"', '')}`)).status).toBe(204);
    expect((await rest.ask('GET', feedback)).status).toBe(204);
  });

  it('tells of a file that was uploaded, under a lock', async ({ task }) => {
    proves(task, 'device.create_file_upload_sas_uri', 'device.update_file_upload_status');
    const device = await server.createDevice('uploads');
    const authorization = deviceToken(device, server.ready.hostName);
    const asDevice = (path: string, body: object) => rest.ask('POST', path, { body, authorization });
    const permission = await asDevice('/devices/uploads/files', { blobName: 'a.txt' });
    const { hostName, containerName, blobName, sasToken, correlationId } = permission.json;
    const put = await fetch(`https://${hostName}/${containerName}/${blobName}${sasToken}`, {
      method: 'PUT',
      body: 'hello',
      headers: { 'x-ms-blob-type': 'BlockBlob' },
    });
    expect(put.status).toBe(201);
    const told = await asDevice('/devices/uploads/files/notifications', { correlationId, isSuccess: true });
    expect(told.status).toBe(204);
    const path = '/messages/serviceBound/fileNotifications';
    const notification = await rest.ask('GET', path);
    expect(notification.json).toMatchObject({ deviceId: 'uploads', blobName: 'uploads/a.txt', blobSizeInBytes: 5 });
    const lock = notification.headers.etag ?? '';
    expect((await rest.ask('POST', `${path}/${lock}/abandon`)).status).toBe(204);
    const again = await rest.ask('GET', path);
    expect((await rest.ask('DELETE', `${path}/${again.headers.etag}`)).status).toBe(204);
    expect((await rest.ask('GET', path)).status).toBe(204);
  });

  it('takes telemetry, and hands out commands', async ({ task }) => {
    proves(task, 'device.send_device_event', 'device.receive_device_bound_notification');
    proves(task, 'device.abandon_device_bound_notification', 'device.complete_device_bound_notification');
    const device = await server.createDevice('polls');
    const authorization = deviceToken(device, server.ready.hostName);
    const asDevice = (method: string, path: string) =>
      rest.ask(method, `/devices/polls/messages/${path}`, { authorization });
    expect((await asDevice('POST', 'events')).status).toBe(204);
    expect((await asDevice('GET', 'deviceBound')).status).toBe(204);
    await sendCommand(
      server.hub,
      { deviceId: 'polls' },
      { body: Buffer.from('go'), system: {}, application: {}, ack: 'none' },
    );
    const first = await asDevice('GET', 'deviceBound');
    expect([first.status, first.text]).toEqual([200, 'go']);
    expect((await asDevice('POST', `deviceBound/${first.headers.etag?.replaceAll('"', '')}/abandon`)).status).toBe(204);
    const again = await asDevice('GET', 'devicebound');
    expect((await asDevice('DELETE', `deviceBound/${again.headers.etag?.replaceAll('"', '')}`)).status).toBe(204);
    expect((await asDevice('GET', 'deviceBound')).status).toBe(204);
  });

  it('tells where a changed digital twin is', async () => {
    const patch = [{ op: 'add', path: '/a', value: 1 }];
    const changed = await rest.ask('PATCH', '/digitaltwins/polls', { body: patch });
    expect([changed.status, changed.text, changed.headers.location]).toEqual([202, '', '/digitaltwins/polls']);
    expect(changed.headers.etag).toBe((await rest.ask('GET', '/digitaltwins/polls')).headers.etag);
  });

  it('tells an Edge hub whom it may let in', async ({ task }) => {
    proves(task, 'device.get_devices_and_modules_in_scope', 'device.get_device_and_module_in_scope');
    const edge = async (deviceId: string, parentScopes: string[] = []) =>
      (await rest.ask('PUT', `/devices/${deviceId}`, { body: { capabilities: { iotEdge: true }, parentScopes } })).json;
    const { deviceScope: rootScope } = await edge('root');
    const { deviceScope: lineScope } = await edge('line', [rootScope]);
    const leaf = (deviceId: string, deviceScope: string) =>
      rest.ask('PUT', `/devices/${deviceId}`, { body: { deviceScope } });
    for (const deviceId of ['leaf-1', 'leaf-2', 'leaf-3']) await leaf(deviceId, rootScope);
    await leaf('below', lineScope);
    await rest.ask('PUT', '/devices/leaf-1/modules/m', { body: {} });
    const scope = '/devices/root/modules/$edgeHub/devicesAndModulesInDeviceScope';
    const all = await rest.ask('GET', scope);
    expect(ids(all)).toEqual([
      ['root', 'leaf-1', 'leaf-2', 'leaf-3', 'line'],
      ['root/$edgeAgent', 'root/$edgeHub', 'leaf-1/m', 'line/$edgeAgent', 'line/$edgeHub'],
    ]);
    expect(all.json.continuationLink).toBeNull();
    const page = await rest.ask('GET', `${scope}?deviceCount=3`);
    expect(ids(page)[0]).toEqual(['root', 'leaf-1', 'leaf-2', 'leaf-3']);
    expect(ids(await rest.ask('GET', page.json.continuationLink))[0]).toEqual(['line']);

    const one = '/devices/root/modules/$edgeHub/deviceAndModuleInDeviceScope';
    const found = await rest.ask('GET', `${one}?targetDeviceId=below`);
    expect(found.json.devices[0]).toMatchObject({ deviceId: 'below', deviceScope: lineScope });
    expect(ids(await rest.ask('GET', `${one}?targetDeviceId=leaf-1&targetModuleId=m`))[1]).toEqual(['leaf-1/m']);
    const foreign = await rest.ask('GET', `${one}?targetDeviceId=called`);
    expect([foreign.status, foreign.headers['iothub-errorcode']]).toEqual([400, 'InvalidDeviceScope']);
    const onBehalf = '/devices/root/modules/$edgeHub';
    const below = await rest.ask('POST', `${onBehalf}/devicesAndModulesInTargetDeviceScope`, {
      body: { authChain: 'line/$edgeHub;line;root', pageSize: 10 },
    });
    expect(ids(below)[0]).toEqual(['line', 'below']);
    const target = await rest.ask('POST', `${onBehalf}/getDeviceAndModuleOnBehalfOf`, {
      body: { targetDeviceId: 'below', authChain: 'below;line;root' },
    });
    expect(ids(target)[0]).toEqual(['below']);
    const noEdge = await rest.ask('GET', '/devices/leaf-1/modules/m/devicesAndModulesInDeviceScope');
    expect(noEdge.status).toBe(401);
  });
});

function expectJson({ status, headers, json }: RawAnswer, expected: number): void {
  expect([status, headers['content-type']]).toEqual([expected, 'application/json; charset=utf-8']);
  expect(headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  if (json?.etag !== undefined) expect(headers.etag).toBe(`"${json.etag}"`);
}

function ids({ json }: RawAnswer): readonly [string[], string[]] {
  return [
    json.devices.map(({ deviceId }: { deviceId: string }) => deviceId),
    json.modules.map(({ deviceId, moduleId }: Record<string, string>) => `${deviceId}/${moduleId}`),
  ];
}
