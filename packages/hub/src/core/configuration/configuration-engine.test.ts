import { until } from '@viaduct/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import type { ConfigurationStatus, JsonObject } from '../ports.ts';
import { parseQuery } from '../query/parse-query.ts';
import { createDevice } from '../registry/create-device.ts';
import { deleteDevice } from '../registry/delete-device.ts';
import { getTwin } from '../twin/get-twin.ts';
import { patchReported } from '../twin/patch-reported.ts';
import { patchTwin } from '../twin/patch-twin.ts';
import { applyConfigurationContent } from './apply-content.ts';
import { ConfigurationEngine } from './configuration-engine.ts';
import { listConfigurations } from './get-configuration.ts';
import { createConfiguration, removeConfiguration, updateConfiguration } from './put-configuration.ts';

let hub: TemporaryHub;
let engine: ConfigurationEngine;
let faults: unknown[];

// One hub for all, for the threads of its queries take seconds to start from source.
beforeAll(async () => {
  faults = [];
  hub = await temporaryHub();
  engine = startEngine();
});
afterEach(async () => {
  for (const { id } of await listConfigurations(hub)) await removeConfiguration(hub, id);
  await settled();
  const devices = await hub.registry.list({ limit: 1_000 });
  await Promise.all(devices.map(({ deviceId }) => deleteDevice(hub, { deviceId })));
  expect(faults).toEqual([]);
});
afterAll(async () => {
  await engine.close();
  await hub.close();
});

function startEngine(): ConfigurationEngine {
  return new ConfigurationEngine(hub, { onFault: (fault) => faults.push(fault) });
}

describe('a configuration', () => {
  it('comes to the devices that meet its condition, which hear of it at once, and to no others', async () => {
    await device('pump', { kind: 'pump' });
    await device('lamp', { kind: 'lamp' });
    const session = new RecordingSession({ deviceId: 'pump' }, 0);
    hub.sessions.enter(session);
    await configure('c1', { 'properties.desired.a.b': 5 }, { targetCondition: "tags.kind = 'pump'" });
    await settled();
    expect(await desired('pump')).toEqual({ a: { b: 5 } });
    expect(session.desired).toEqual([{ a: { b: 5 }, $version: 2 }]);
    expect(await desired('lamp')).toEqual({});
    expect(await statuses('pump')).toEqual([{ configurationId: 'c1', status: 'Applied', reason: null }]);
    expect(await statuses('lamp')).toEqual([]);
    const told = (await hub.happenings()).filter(({ properties }) => properties.application.opType === 'updateTwin');
    expect(told.at(-1)?.json).toMatchObject({ properties: { desired: { a: { b: 5 }, $version: 2 } } });
  });

  it('comes to a device that is made, or meets the condition, later; and leaves one that no longer does', async () => {
    await configure('c1', { 'properties.desired.a': 1 }, { targetCondition: "tags.kind = 'pump'" });
    await createDevice(hub, { deviceId: 'late' });
    await patchTwin(hub, { deviceId: 'late' }, { tags: { kind: 'pump' }, desired: { mine: true } });
    await soon(async () => expect(await desired('late')).toEqual({ mine: true, a: 1 }));
    await patchTwin(hub, { deviceId: 'late' }, { tags: { kind: 'lamp' } });
    await soon(async () => expect(await desired('late')).toEqual({ mine: true }));
    await soon(async () => expect(await statuses('late')).toEqual([]));
  });

  it('meets reported properties', async () => {
    await device('d1', {});
    await configure('c1', { 'properties.desired.a': 1 }, { targetCondition: 'properties.reported.version < 3' });
    await settled();
    await patchReported(hub, { deviceId: 'd1' }, { version: 2 }, null);
    await soon(async () => expect(await desired('d1')).toEqual({ a: 1 }));
  });

  it('wins by priority, path by path, and makes room for the next when it goes', async () => {
    await device('d1', {});
    await configure('low', { 'properties.desired.a': 'low', 'properties.desired.b': 'low' }, { priority: 1 });
    await configure('high', { 'properties.desired.a': 'high' }, { priority: 2 });
    await configure('mid', { 'properties.desired.a': 'mid' }, { priority: 1 });
    await settled();
    expect(await desired('d1')).toEqual({ a: 'high', b: 'low' });
    expect((await statuses('d1')).map(({ configurationId, status }) => [configurationId, status])).toEqual([
      ['high', 'Applied'],
      ['low', 'Applied'],
      ['mid', 'Targeted'],
    ]);
    await removeConfiguration(hub, 'high');
    await settled();
    expect(await desired('d1')).toEqual({ a: 'mid', b: 'low' });
    await updateConfiguration(hub, 'low', { priority: 5 });
    await settled();
    expect(await desired('d1')).toEqual({ a: 'low', b: 'low' });
    await removeConfiguration(hub, 'low');
    await removeConfiguration(hub, 'mid');
    await settled();
    expect(await desired('d1')).toEqual({});
    expect(await hub.configurations.list()).toEqual([]);
  });

  it('of two of equal priority, the one made later wins', async () => {
    await device('d1', {});
    await configure('b', { 'properties.desired.a': 'first' }, {});
    hub.clock.advance(1);
    await configure('a', { 'properties.desired.a': 'second' }, {});
    await settled();
    expect(await desired('d1')).toEqual({ a: 'second' });
  });

  it('sets again what somebody else wrote at its path, and writes nothing when all is well', async () => {
    await device('d1', {});
    await configure('c1', { 'properties.desired.a': 1 }, {});
    await settled();
    const written = hub.configurationWork.writtenTwins;
    await patchTwin(hub, { deviceId: 'd1' }, { desired: { a: 2, mine: 3 } });
    await soon(async () => expect(await desired('d1')).toEqual({ a: 1, mine: 3 }));
    await soon(async () => expect(hub.configurationWork.writtenTwins).toBe(written + 1));
    const { desired: before } = await getTwin(hub, { deviceId: 'd1' });
    const looked = hub.configurationWork.lookedAt;
    hub.clock.advance(301);
    await patchTwin(hub, { deviceId: 'd1' }, { tags: { x: 1 } });
    await soon(async () => expect(hub.configurationWork.lookedAt).toBeGreaterThan(looked + 1));
    expect((await getTwin(hub, { deviceId: 'd1' })).desired.version).toBe(before.version);
    expect(hub.configurationWork.writtenTwins).toBe(written + 1);
  });

  it('says why it is not applied, and is when that is gone', async () => {
    await device('blocked', {}, { a: [1, 2] });
    await device('full', {}, Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`k${i}`, 'x'.repeat(3_200)])));
    await configure('c1', { 'properties.desired.a.b': 'x'.repeat(2_000) }, {});
    await settled();
    expect(await statuses('blocked')).toEqual([
      {
        configurationId: 'c1',
        status: 'Targeted',
        reason: 'properties.desired.a is an array, so that properties.desired.a.b cannot be set in it',
      },
    ]);
    expect((await statuses('full'))[0]?.reason).toContain('at most 32768 are kept');
    expect((await hub.configurationStates.counts()).get('c1')).toEqual({ targeted: 2, applied: 0, failed: 2 });
    await patchTwin(hub, { deviceId: 'blocked' }, { desired: { a: null } });
    await soon(async () => expect((await statuses('blocked'))[0]).toMatchObject({ status: 'Applied', reason: null }));
  });

  it('targets nobody without a condition, and everybody with *', async () => {
    await device('d1', {});
    await configure('c1', { 'properties.desired.a': 1 }, { targetCondition: '' });
    await settled();
    expect(await desired('d1')).toEqual({});
    await updateConfiguration(hub, 'c1', { targetCondition: '*' });
    await settled();
    expect(await desired('d1')).toEqual({ a: 1 });
  });

  it('may be made anew under its id while devices are still losing the old one', async () => {
    await device('d1', {});
    await configure('c1', { 'properties.desired.old': 1 }, {});
    await settled();
    await removeConfiguration(hub, 'c1');
    await configure('c1', { 'properties.desired.new': 2 }, {});
    await settled();
    expect(await desired('d1')).toEqual({ new: 2 });
  });

  it('is for modules where it says so', async () => {
    await device('d1', {});
    const module = { deviceId: 'd1', moduleId: 'm1' };
    await createDevice(hub, module);
    await createDevice(hub, { deviceId: 'd1', moduleId: 'm2' });
    const targetCondition = "from devices.modules where tags.role = 'meter'";
    await createConfiguration(hub, 'c1', {
      content: { moduleContent: { 'properties.desired.a': 1 } },
      targetCondition,
    });
    await patchTwin(hub, module, { tags: { role: 'meter' } });
    await soon(async () => expect(await desired('d1', 'm1')).toEqual({ a: 1 }));
    expect(await desired('d1', 'm2')).toEqual({});
    const counts = () => hub.configurationStates.counts();
    await soon(async () => expect((await counts()).get('c1')).toEqual({ targeted: 1, applied: 1, failed: 0 }));
    await deleteDevice(hub, module);
    await soon(async () => expect(await counts()).toEqual(new Map()));
  });

  it('is found by queries through its status', async () => {
    await device('d1', { x: 1 });
    await device('d2', {});
    await configure('c-1', { 'properties.desired.a': 1 }, { targetCondition: 'tags.x = 1' });
    await settled();
    const query = parseQuery("SELECT deviceId FROM devices WHERE configurations.[[c-1]].status = 'Applied'");
    expect((await hub.queries.query(query, { limit: 10 })).items).toEqual([{ deviceId: 'd1' }]);
  });
});

describe('the engine', () => {
  it('goes on after a restart in the middle, and writes each twin once', async () => {
    const ids = Array.from({ length: 250 }, (_, i) => `d${i}`);
    await Promise.all(ids.map((deviceId) => createDevice(hub, { deviceId })));
    const written = hub.configurationWork.writtenTwins;
    await configure('c1', { 'properties.desired.a': 1 }, {});
    await until(() => hub.configurationWork.writtenTwins > written, { what: 'the first step' });
    await engine.close();
    const before = (await hub.configurationStates.counts()).get('c1')?.applied ?? 0;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(250);
    hub = await hub.reopened();
    engine = startEngine();
    await settled();
    expect((await hub.configurationStates.counts()).get('c1')).toEqual({ targeted: 250, applied: 250, failed: 0 });
    const versions = await Promise.all(ids.map(async (deviceId) => (await getTwin(hub, { deviceId })).desired.version));
    expect(new Set(versions)).toEqual(new Set([2]));
  });

  it('sees after a restart what happened while it was away', async () => {
    await device('d1', {});
    await configure('c1', { 'properties.desired.a': 1 }, { targetCondition: 'tags.x = 1' });
    await settled();
    await engine.close();
    await patchTwin(hub, { deviceId: 'd1' }, { tags: { x: 1 } });
    hub = await hub.reopened();
    engine = startEngine();
    await soon(async () => expect(await desired('d1')).toEqual({ a: 1 }));
  });

  it('leaves alone a condition that cannot be evaluated, and brings the others', async () => {
    await device('d1', {});
    const store = hub.queries;
    const fault = new TypeError('no such function');
    const broken: typeof store = {
      stats: store.stats,
      query: (query, page) => store.query(query, page),
      countIdentities: (selection) => store.countIdentities(selection),
      selectIdentities: (selection, page) =>
        JSON.stringify(selection).includes('broken') ? Promise.reject(fault) : store.selectIdentities(selection, page),
    };
    await engine.close();
    engine = new ConfigurationEngine({ ...hub, queries: broken }, { onFault: (told) => faults.push(told) });
    await configure('a', { 'properties.desired.a': 1 }, { targetCondition: "deviceId != 'broken'" });
    await configure('b', { 'properties.desired.b': 1 }, {});
    await soon(async () => expect(await desired('d1')).toEqual({ b: 1 }));
    await createDevice(hub, { deviceId: 'd2' });
    await soon(async () => expect(await desired('d2')).toEqual({ b: 1 }));
    expect(faults).toEqual([
      new Error('the condition of the configuration "a" could not be evaluated', { cause: fault }),
    ]);
    faults = [];
    await engine.close();
    engine = startEngine();
    await soon(async () => expect(await desired('d1')).toEqual({ a: 1, b: 1 }));
  });

  it('counts custom metrics, and says in words what cannot be counted', async () => {
    await device('d1', { x: 1 });
    await device('d2', { x: 2 });
    const metricQueries = { ones: 'SELECT deviceId FROM devices WHERE tags.x = 1', all: 'SELECT TOP 1 * FROM devices' };
    await createConfiguration(hub, 'c1', { content: content({ 'properties.desired.a': 1 }), metricQueries });
    await soon(async () => {
      hub.clock.advance(11);
      expect((await hub.configurations.metricResults()).get('c1')).toEqual({
        system: {},
        custom: { ones: { count: 1, error: null }, all: { count: 1, error: null } },
      });
    });
  });
});

describe('an Edge deployment', () => {
  const agent = (modules: JsonObject) => ({ 'properties.desired': { schemaVersion: '1.1', modules } });

  it('comes to the modules, makes those that are missing, and puts layers on top', async () => {
    await createDevice(hub, { deviceId: 'edge' }, { capabilities: { iotEdge: true } });
    await device('plain', {});
    await deploy('base', { $edgeAgent: agent({ m: { image: 'm:1' } }), m: { 'properties.desired': { every: 5 } } }, 10);
    await deploy(
      'layer',
      { $edgeAgent: { 'properties.desired.modules.n': { image: 'n:1' } }, m: { 'properties.desired.extra': 1 } },
      20,
    );
    await deploy('below', { m: { 'properties.desired.never': 1 } }, 5);
    await settled();
    expect(await desired('edge', '$edgeAgent')).toEqual({
      schemaVersion: '1.1',
      modules: { m: { image: 'm:1' }, n: { image: 'n:1' } },
    });
    expect(await desired('edge', 'm')).toEqual({ every: 5, extra: 1 });
    expect(await desired('edge', 'n')).toEqual({});
    expect((await statuses('edge')).map(({ configurationId, status }) => [configurationId, status])).toEqual([
      ['base', 'Applied'],
      ['below', 'Targeted'],
      ['layer', 'Applied'],
    ]);
    expect((await statuses('edge', '$edgeAgent')).map(({ configurationId }) => configurationId)).toEqual([
      'base',
      'layer',
    ]);
    expect((await hub.configurationStates.counts()).get('base')).toEqual({ targeted: 1, applied: 1, failed: 0 });
    expect(await statuses('plain')).toEqual([]);
    await removeConfiguration(hub, 'layer');
    await settled();
    expect(await desired('edge', 'm')).toEqual({ every: 5 });
  });

  it('stays when nothing takes its place, and is replaced altogether when something does', async () => {
    await createDevice(hub, { deviceId: 'edge' }, { capabilities: { iotEdge: true } });
    await deploy('one', { $edgeAgent: agent({ m: {} }), m: { 'properties.desired': { a: 1 } } }, 10);
    await settled();
    await removeConfiguration(hub, 'one');
    await settled();
    expect(await desired('edge', 'm')).toEqual({ a: 1 });
    expect([await statuses('edge'), await statuses('edge', '$edgeAgent')]).toEqual([[], []]);
    await deploy('two', { $edgeAgent: agent({ k: {} }) }, 1);
    await settled();
    expect(await desired('edge', '$edgeAgent')).toEqual({ schemaVersion: '1.1', modules: { k: {} } });
    expect(await desired('edge', 'm')).toEqual({});
  });

  it('says of a layered one that nothing is below it', async () => {
    await createDevice(hub, { deviceId: 'edge' }, { capabilities: { iotEdge: true } });
    await deploy('layer', { m: { 'properties.desired.a': 1 } }, 1);
    await settled();
    expect((await statuses('edge'))[0]).toMatchObject({
      status: 'Targeted',
      reason: expect.stringContaining('layered'),
    });
  });

  it('counts what agents report', async () => {
    await createDevice(hub, { deviceId: 'edge' }, { capabilities: { iotEdge: true } });
    await deploy('base', { $edgeAgent: agent({}) }, 10);
    await settled();
    const { desired: section } = await getTwin(hub, { deviceId: 'edge', moduleId: '$edgeAgent' });
    const report = { lastDesiredVersion: section.version, lastDesiredStatus: { code: 200 } };
    await patchReported(hub, { deviceId: 'edge', moduleId: '$edgeAgent' }, report, null);
    await soon(async () => {
      hub.clock.advance(11);
      expect((await hub.configurations.metricResults()).get('base')?.system).toEqual({
        reportedSuccessfulCount: { count: 1, error: null },
        reportedFailedCount: { count: 0, error: null },
      });
    });
  });

  async function deploy(id: string, modulesContent: JsonObject, priority: number): Promise<void> {
    await createConfiguration(hub, id, { content: { modulesContent }, targetCondition: '*', priority });
  }
});

describe('applyConfigurationContent', () => {
  it('puts content into one device at once, and refuses what does not fit', async () => {
    await device('d1', {}, { keep: 1, list: [1] });
    await applyConfigurationContent(hub, { deviceId: 'd1' }, content({ 'properties.desired.a.b': 2 }));
    expect(await desired('d1')).toEqual({ keep: 1, list: [1], a: { b: 2 } });
    await expect(
      applyConfigurationContent(hub, { deviceId: 'd1' }, content({ 'properties.desired.list.x': 2 })),
    ).rejects.toThrow('properties.desired.list is an array');
    for (const json of [
      { moduleContent: { 'properties.desired.a': 1 } },
      { modulesContent: { m: { 'properties.desired': {} } } },
    ]) {
      await expect(applyConfigurationContent(hub, { deviceId: 'd1' }, json)).rejects.toMatchObject({
        code: 'configuration.contentInvalid',
      });
    }
    await expect(applyConfigurationContent(hub, { deviceId: 'no' }, {})).rejects.toMatchObject({
      code: 'device.notFound',
    });
  });

  it('makes the modules of an Edge device', async () => {
    await createDevice(hub, { deviceId: 'edge' }, { capabilities: { iotEdge: true } });
    await applyConfigurationContent(
      hub,
      { deviceId: 'edge' },
      { modulesContent: { m: { 'properties.desired': { a: 1 } } } },
    );
    expect(await desired('edge', 'm')).toEqual({ a: 1 });
  });
});

async function device(deviceId: string, tags: JsonObject, values: JsonObject = {}): Promise<void> {
  await createDevice(hub, { deviceId });
  const change = { tags, ...(Object.keys(values).length === 0 ? {} : { desired: values }) };
  await patchTwin(hub, { deviceId }, change);
}

function content(deviceContent: JsonObject): JsonObject {
  return { deviceContent };
}

async function configure(
  id: string,
  deviceContent: JsonObject,
  { targetCondition = '*', priority = 0 }: { targetCondition?: string; priority?: number },
): Promise<void> {
  await createConfiguration(hub, id, { content: content(deviceContent), targetCondition, priority });
}

async function desired(deviceId: string, moduleId?: string): Promise<JsonObject> {
  return (await getTwin(hub, moduleId === undefined ? { deviceId } : { deviceId, moduleId })).desired.values;
}

async function statuses(deviceId: string, moduleId?: string): Promise<readonly ConfigurationStatus[]> {
  const [state] = await hub.configurationStates.of([moduleId === undefined ? { deviceId } : { deviceId, moduleId }]);
  return state?.statuses ?? [];
}

/** Every configuration has come to everybody. */
async function settled(): Promise<void> {
  const isSettled = async () => {
    const records = await hub.configurations.list();
    return records.every(({ revision, settledRevision }) => revision === settledRevision) ? true : undefined;
  };
  await until(isSettled, { what: 'the engine to come to rest' });
}

/** Until what is expected holds. */
async function soon(check: () => Promise<void>): Promise<void> {
  let last: unknown;
  const holds = async () => {
    try {
      await check();
      return true;
    } catch (thrown) {
      last = thrown;
      return undefined;
    }
  };
  await until(holds, { what: 'what is expected' }).catch(() => {
    throw last;
  });
}
