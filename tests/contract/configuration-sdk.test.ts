import { randomBytes } from 'node:crypto';
import { deviceClient, startTestServer, type TestServer, until } from '@viaduct/testkit';
import type { Twin } from 'azure-iot-device';
import { type Configuration, Registry } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proves } from './sdk/operations.ts';

/** Automatic device management with the unmodified clients on both sides. */
let server: TestServer;
let registry: Registry;
beforeAll(async () => {
  server = await startTestServer();
  registry = Registry.fromConnectionString(server.ready.hubConnectionString);
});
afterAll(() => server.stop());

type Json = Record<string, unknown>;

/** Of this test alone: a tag that its devices have. */
function fleet() {
  const name = `fleet-${randomBytes(4).toString('hex')}`;
  const targetCondition = `tags.fleet = '${name}'`;
  const join = (deviceId: string, fleet: string | null = name) =>
    registry.updateTwin(deviceId, { tags: { fleet } }, '*');
  const newDevice = async () => {
    const device = await server.createDevice();
    await join(device.deviceId);
    return device;
  };
  return { name, targetCondition, join, newDevice };
}

async function desired(deviceId: string): Promise<Json> {
  const { $metadata, $version, ...values } = (await registry.getTwin(deviceId)).responseBody.properties.desired as Json;
  return values;
}

async function configuration(id: string): Promise<Configuration> {
  return (await registry.getConfiguration(id)).responseBody;
}

async function soon(check: () => Promise<void>): Promise<void> {
  let last: unknown;
  const holds = () =>
    check().then(
      () => true,
      (thrown: unknown) => {
        last = thrown;
        return false;
      },
    );
  await until(holds, { what: 'what is expected', everyMs: 50 }).catch(() => {
    throw last;
  });
}

describe('azure-iothub · HTTPS · shared access policy', () => {
  it('configuration: a connected device hears of what it is to be, and of its end', async ({ task }) => {
    proves(task, 'configuration.create_or_update', 'configuration.delete');
    const { name, targetCondition, newDevice } = fleet();
    const device = await newDevice();
    const client = await deviceClient(device.connectionString, server.caFile);
    await client.open();
    const twin = (await client.getTwin()) as Twin;
    const patches: Json[] = [];
    twin.on('properties.desired', (patch: Json) => patches.push(patch));
    await until(() => (patches.length > 0 ? true : undefined), { what: 'the first desired properties' });
    const deviceContent = { 'properties.desired.chiller.temperature': 66 };
    const added = await registry.addConfiguration({
      ...{ id: name, schemaVersion: '2.0', content: { deviceContent }, targetCondition, priority: 10 },
      labels: { Host: 'Linux' },
    });
    expect(added.responseBody).toMatchObject({ id: name, content: { deviceContent }, labels: { Host: 'Linux' } });
    await until(() => (patches.length > 1 ? true : undefined), { what: 'the desired properties' });
    expect(patches.at(-1)).toMatchObject({ chiller: { temperature: 66 } });
    await registry.removeConfiguration(name);
    await until(() => (patches.length > 2 ? true : undefined), { what: 'their end' });
    expect(patches.at(-1)).toMatchObject({ chiller: { temperature: null } });
    await client.close();
    expect(await desired(device.deviceId)).toEqual({ chiller: {} });
  });

  it('configuration: is read, listed, changed with its etag, and has its counts', async ({ task }) => {
    proves(task, 'configuration.get', 'configuration.get_configurations', 'configuration.create_or_update');
    const { name, targetCondition, newDevice } = fleet();
    await newDevice();
    await newDevice();
    const query = `SELECT deviceId FROM devices WHERE configurations.[[${name}]].status = 'Applied'`;
    await registry.addConfiguration({
      ...{ id: name, schemaVersion: '1.0', content: { deviceContent: { 'properties.desired.a': 1 } }, targetCondition },
      metrics: { queries: { applied: query } },
    });
    await soon(async () => {
      const { systemMetrics } = await configuration(name);
      expect(systemMetrics?.results).toEqual({ targetedCount: 2, appliedCount: 2 });
    });
    await soon(async () => expect((await configuration(name)).metrics?.results).toEqual({ applied: 2 }));
    const read = await configuration(name);
    expect(read).toMatchObject({ id: name, priority: 0, targetCondition, metrics: { queries: { applied: query } } });
    const listed = (await registry.getConfigurations()).responseBody as unknown as Configuration[];
    expect(listed.map(({ id }) => id)).toContain(name);
    const updated = (await registry.updateConfiguration({ ...read, priority: 7, labels: { a: 'b' } })).responseBody;
    expect(updated).toMatchObject({ priority: 7, labels: { a: 'b' } });
    await expect(registry.updateConfiguration(read)).rejects.toMatchObject({ name: 'InvalidEtagError' });
    await registry.updateConfiguration({ ...read, priority: 8 }, true);
    expect((await configuration(name)).priority).toBe(8);
  });

  it('configuration: the higher priority wins, path by path, and the next takes its place', async () => {
    const { name, targetCondition, newDevice } = fleet();
    const { deviceId } = await newDevice();
    const add = (id: string, priority: number, deviceContent: Json) =>
      registry.addConfiguration({ id, schemaVersion: '2.0', content: { deviceContent }, targetCondition, priority });
    await add(`${name}-low`, 1, { 'properties.desired.rate': 60, 'properties.desired.unit': 'C' });
    await add(`${name}-high`, 2, { 'properties.desired.rate': 30 });
    await soon(async () => expect(await desired(deviceId)).toEqual({ rate: 30, unit: 'C' }));
    await registry.removeConfiguration(`${name}-high`);
    await soon(async () => expect(await desired(deviceId)).toEqual({ rate: 60, unit: 'C' }));
  });

  it('configuration: a device that is made later has it, one that leaves the condition loses it, and twins tell its status', async () => {
    const { name, targetCondition, join, newDevice } = fleet();
    await registry.addConfiguration({
      ...{ id: name, schemaVersion: '2.0', content: { deviceContent: { 'properties.desired.a': 1 } }, targetCondition },
    });
    const { deviceId } = await newDevice();
    await soon(async () => expect(await desired(deviceId)).toEqual({ a: 1 }));
    await soon(async () => {
      const twin = (await registry.getTwin(deviceId)).responseBody as unknown as Json;
      expect(twin.configurations).toEqual({ [name]: { status: 'Applied' } });
    });
    const query = registry.createQuery(`SELECT * FROM devices WHERE configurations.[[${name}]].status = 'Applied'`);
    const found = (await query.nextAsTwin()).result;
    expect(found.map((twin) => twin.deviceId)).toEqual([deviceId]);
    await join(deviceId, null);
    await soon(async () => expect(await desired(deviceId)).toEqual({}));
  });

  it('configuration: its content goes into one Edge device at once', async ({ task }) => {
    proves(task, 'configuration.apply_on_edge_device');
    const deviceId = `edge-${randomBytes(4).toString('hex')}`;
    await registry.create({ deviceId, capabilities: { iotEdge: true } });
    const agent = { modules: { thermometer: { settings: { image: 'thermometer:1' } } } };
    await registry.applyConfigurationContentOnDevice(deviceId, {
      modulesContent: {
        $edgeAgent: { 'properties.desired': agent },
        thermometer: { 'properties.desired': { every: 5 }, 'properties.desired.unit': 'C' },
      },
    });
    const module = (await registry.getModuleTwin(deviceId, 'thermometer')).responseBody;
    expect(module.properties.desired).toMatchObject({ every: 5, unit: 'C' });
    expect((await registry.getModuleTwin(deviceId, '$edgeAgent')).responseBody.properties.desired).toMatchObject(agent);
  });

  it('configuration: what is wrong is told with the code that clients know', async () => {
    const { name } = fleet();
    const content = { deviceContent: { 'properties.desired.a': 1 } };
    const refused = async (change: Json, message: string) => {
      const asked = registry.addConfiguration({ id: name, schemaVersion: '2.0', content, ...change });
      await expect(asked).rejects.toMatchObject({ name: 'ArgumentError', message: expect.stringContaining(message) });
    };
    await refused({ targetCondition: 'tags.a ==' }, 'character');
    await refused({ targetCondition: 'properties.desired.a = 1' }, 'is what configurations write');
    await refused({ content: { deviceContent: { 'tags.a': 1 } } }, 'keys are paths such as');
    await refused({ id: 'Capital' }, 'is no configuration id');
    await refused({ metrics: { queries: { m: 'SELECT COUNT() AS n FROM devices' } } }, 'metric "m"');
    await registry.addConfiguration({ id: name, schemaVersion: '2.0', content });
    await expect(registry.addConfiguration({ id: name, schemaVersion: '2.0', content })).rejects.toMatchObject({
      name: 'DeviceAlreadyExistsError',
    });
    const other = { id: name, schemaVersion: '2.0', content: { deviceContent: { 'properties.desired.a': 2 } } };
    await expect(registry.updateConfiguration(other, true)).rejects.toMatchObject({ name: 'ArgumentError' });
    await registry.removeConfiguration(name);
    await expect(registry.getConfiguration(name)).rejects.toMatchObject({
      responseBody: expect.stringContaining('ConfigurationNotFound'),
    });
  });
});
