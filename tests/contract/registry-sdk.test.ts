import { deviceClient, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { Registry } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The registry with the unmodified service client. */
let server: TestServer;
let registry: Registry;
beforeAll(async () => {
  server = await startTestServer();
  registry = Registry.fromConnectionString(server.ready.hubConnectionString);
});
afterAll(() => server.stop());

describe('azure-iothub · HTTPS · shared access policy', () => {
  it('creates, reads, lists, updates and removes devices', async () => {
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

  it('takes bulk changes', async () => {
    await registry.addDevices([{ deviceId: 'bulk-1' }, { deviceId: 'bulk-2' }]);
    await registry.removeDevices([{ deviceId: 'bulk-1' }], true);
    await expect(registry.get('bulk-1')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
    expect((await registry.get('bulk-2')).responseBody.deviceId).toBe('bulk-2');
  });

  it('refuses a stale etag', async () => {
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
