import { deviceClient, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { Registry } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proves } from './sdk/operations.ts';

/** The registry with the unmodified service client. */
let server: TestServer;
let registry: Registry;
beforeAll(async () => {
  server = await startTestServer();
  registry = Registry.fromConnectionString(server.ready.hubConnectionString);
});
afterAll(() => server.stop());

describe('azure-iothub · HTTPS · shared access policy', () => {
  it('creates, reads, lists, updates and removes devices', async ({ task }) => {
    proves(task, 'devices.create_or_update_identity', 'devices.get_identity', 'devices.get_devices');
    proves(task, 'devices.delete_identity');
    const created = (await registry.create({ deviceId: 'reg-1' })).responseBody;
    expect(created).toMatchObject({
      deviceId: 'reg-1',
      status: 'enabled',
      connectionState: 'Disconnected',
      authentication: { type: 'sas' },
    });
    expect(Buffer.from(created.authentication?.symmetricKey?.primaryKey ?? '', 'base64')).toHaveLength(32);
    await expect(registry.create({ deviceId: 'reg-1' })).rejects.toMatchObject({ name: 'DeviceAlreadyExistsError' });
    expect((await registry.list()).responseBody.map(({ deviceId }) => deviceId)).toContain('reg-1');
    const updated = (await registry.update({ ...created, status: 'disabled', statusReason: 'lost' })).responseBody;
    expect(updated).toMatchObject({ status: 'disabled', statusReason: 'lost' });
    await registry.delete('reg-1');
    await expect(registry.get('reg-1')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
  });

  it('takes bulk changes', async ({ task }) => {
    proves(task, 'bulk_registry.update_registry');
    await registry.addDevices([{ deviceId: 'bulk-1' }, { deviceId: 'bulk-2' }]);
    const { responseBody } = await registry.get('bulk-2');
    await registry.updateDevices([{ deviceId: 'bulk-2', status: 'disabled' }], true);
    expect((await registry.get('bulk-2')).responseBody.status).toBe('disabled');
    const stale = { deviceId: 'bulk-2', status: 'enabled', etag: responseBody.etag } as const;
    await expect(registry.updateDevices([stale], false)).rejects.toMatchObject({ name: 'ArgumentError' });
    await expect(registry.addDevices([{ deviceId: 'bulk-2' }])).rejects.toMatchObject({ name: 'ArgumentError' });
    await registry.removeDevices([{ deviceId: 'bulk-1' }], true);
    await expect(registry.get('bulk-1')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
    expect((await registry.get('bulk-2')).responseBody.deviceId).toBe('bulk-2');
  });

  it('has modules from their creation to their end', async ({ task }) => {
    proves(task, 'modules.create_or_update_identity', 'modules.get_identity', 'modules.get_modules_on_device');
    proves(task, 'modules.delete_identity', 'modules.get_twin', 'modules.update_twin');
    const { deviceId } = await server.createDevice();
    const made = (await registry.addModule({ deviceId, moduleId: 'm' })).responseBody;
    expect((await registry.getModule(deviceId, 'm')).responseBody).toEqual(made);
    expect((await registry.getModulesOnDevice(deviceId)).responseBody).toEqual([made]);
    const changed = (await registry.updateModule({ ...made, authentication: { type: 'none' } }, true)).responseBody;
    expect(changed.authentication?.type).toBe('none');
    const twin = (await registry.getModuleTwin(deviceId, 'm')).responseBody;
    const tagged = await registry.updateModuleTwin(deviceId, 'm', { tags: { a: 1 } }, twin.etag);
    expect(tagged.responseBody.tags).toEqual({ a: 1 });
    await registry.removeModule(deviceId, 'm');
    await expect(registry.getModule(deviceId, 'm')).rejects.toThrow();
  });

  it('asks the fleet, page by page', async ({ task }) => {
    proves(task, 'query.get_twins');
    const floor = Math.random();
    const ids = await Promise.all(Array.from({ length: 5 }, async () => (await server.createDevice()).deviceId));
    for (const deviceId of ids) await registry.updateTwin(deviceId, { tags: { floor } }, '*');
    const query = registry.createQuery(`SELECT * FROM devices WHERE tags.floor = ${floor}`, 2);
    const found: string[] = [];
    while (query.hasMoreResults) found.push(...(await query.nextAsTwin()).result.map(({ deviceId }) => deviceId));
    expect(found.sort()).toEqual(ids.sort());
  });

  it('counts devices', async ({ task }) => {
    proves(task, 'statistics.get_device_statistics');
    const { totalDeviceCount, enabledDeviceCount, disabledDeviceCount } = (await registry.getRegistryStatistics())
      .responseBody;
    expect(totalDeviceCount).toBeGreaterThan(0);
    expect(enabledDeviceCount + disabledDeviceCount).toBe(totalDeviceCount);
  });

  it('refuses a stale etag', async ({ task }) => {
    proves(task, 'devices.get_twin', 'devices.update_twin');
    const { deviceId } = await server.createDevice();
    const stale = (await registry.getTwin(deviceId)).responseBody.etag;
    await registry.updateTwin(deviceId, { tags: { a: 1 } }, stale);
    await expect(registry.updateTwin(deviceId, { tags: { a: 2 } }, stale)).rejects.toMatchObject({
      name: 'InvalidEtagError',
    });
  });

  it('disconnects a device that is disabled', async () => {
    const { deviceId, connectionString } = await server.createDevice();
    const client = await deviceClient(connectionString, server.caFile);
    await client.open();
    const session = server.hub.sessions.find({ deviceId });
    expect(session).toBeDefined();
    await registry.update({ deviceId, status: 'disabled' });
    await until(() => (server.hub.sessions.find({ deviceId }) === undefined ? true : undefined), {
      what: 'the end of the connection',
    });
    await client.close().catch(() => {});
  });
});
