import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import type { JsonObject } from '../ports.ts';
import { Source } from '../record/record.ts';
import { createDevice } from '../registry/create-device.ts';
import { rememberModel } from '../registry/remember-model.ts';
import { getTwin } from '../twin/get-twin.ts';
import { patchReported } from '../twin/patch-reported.ts';
import { patchTwin } from '../twin/patch-twin.ts';
import { getDigitalTwin, updateDigitalTwin } from './digital-twin.ts';
import { type JsonPatchOperation, jsonPatchBetween } from './json-patch-between.ts';

const d1 = { deviceId: 'd1' };
const MODEL = 'dtmi:com:example:TemperatureController;1';
const TIME = '2030-01-01T00:00:00.0000000Z';
let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1);
  await rememberModel(hub, d1, MODEL);
});
afterEach(() => hub.close());

describe('getDigitalTwin', () => {
  it('is empty but for its model when nothing was said', async () => {
    expect((await getDigitalTwin(hub, d1)).document).toEqual({ $dtId: 'd1', $metadata: { $model: MODEL } });
  });

  it('tells values, what was asked for, and what the device said to it', async () => {
    await patchTwin(hub, d1, { desired: { thermostat1: { __t: 'c', targetTemperature: 21.8 }, led: true } });
    await patchReported(
      hub,
      d1,
      {
        serialNumber: '7',
        thermostat1: { __t: 'c', max: 25.3, targetTemperature: { value: 20.4, ac: 200, av: 2, ad: 'done' } },
      },
      null,
    );
    const { document, etag } = await getDigitalTwin(hub, d1);
    expect(document).toEqual({
      $dtId: 'd1',
      serialNumber: '7',
      thermostat1: {
        max: 25.3,
        targetTemperature: 20.4,
        $metadata: {
          max: { lastUpdateTime: TIME },
          targetTemperature: {
            desiredValue: 21.8,
            desiredVersion: 2,
            ackVersion: 2,
            ackCode: 200,
            ackDescription: 'done',
            lastUpdateTime: TIME,
          },
        },
      },
      $metadata: {
        $model: MODEL,
        serialNumber: { lastUpdateTime: TIME },
        led: { desiredValue: true, desiredVersion: 2 },
      },
    });
    expect(etag).toBe((await getTwin(hub, d1)).etag);
  });
});

describe('updateDigitalTwin', () => {
  const desired = async () => (await getTwin(hub, d1)).desired.values;

  it('sets and removes properties of the device and of components, whole, in the order of the patch', async () => {
    await patchTwin(hub, d1, {
      desired: { keep: 1, old: 1, shape: { a: 1, b: 2 }, led: { __t: 'c', on: true, hue: 3 } },
    });
    const session = new RecordingSession(d1, hub.clock.now());
    hub.sessions.enter(session);
    await updateDigitalTwin(hub, d1, [
      { op: 'add', path: '/targetTemperature', value: 20 },
      { op: 'replace', path: '/targetTemperature', value: 21 },
      { op: 'remove', path: '/old' },
      { op: 'replace', path: '/shape', value: { b: 3 } },
      { op: 'remove', path: '/led/hue' },
      { op: 'add', path: '/thermostat1/target', value: 5 },
      { op: 'add', path: '/thermostat2', value: { target: 6, $metadata: {} } },
    ]);
    expect(await desired()).toEqual({
      keep: 1,
      shape: { b: 3 },
      led: { __t: 'c', on: true },
      targetTemperature: 21,
      thermostat1: { __t: 'c', target: 5 },
      thermostat2: { __t: 'c', target: 6 },
    });
    expect(session.desired).toEqual([
      {
        targetTemperature: 21,
        old: null,
        shape: { a: null, b: 3 },
        led: { hue: null },
        thermostat1: { __t: 'c', target: 5 },
        thermostat2: { __t: 'c', target: 6 },
        $version: 3,
      },
    ]);
    const { desired: section } = await getTwin(hub, d1);
    expect(section.metadata.keep).toMatchObject({ $lastUpdatedVersion: 2 });
    expect((section.metadata.led as JsonObject).on).toMatchObject({ $lastUpdatedVersion: 2 });
  });

  it('removes a component, and nothing by a patch that undoes itself', async () => {
    await updateDigitalTwin(hub, d1, [{ op: 'add', path: '/t', value: { x: 1, $metadata: {} } }]);
    await updateDigitalTwin(hub, d1, [{ op: 'remove', path: '/t' }]);
    const { version } = await updateDigitalTwin(hub, d1, [
      { op: 'add', path: '/y', value: 1 },
      { op: 'remove', path: '/y' },
    ]);
    expect(await desired()).toEqual({});
    expect(version).toBe(4);
  });

  it('may replace what only the device reported', async () => {
    await patchReported(hub, d1, { speed: 3, fan: { __t: 'c', rpm: 9 } }, null);
    await updateDigitalTwin(hub, d1, [
      { op: 'replace', path: '/speed', value: 4 },
      { op: 'replace', path: '/fan/rpm', value: 10 },
    ]);
    expect(await desired()).toEqual({ speed: 4, fan: { __t: 'c', rpm: 10 } });
  });

  it('refuses what a twin does not keep, and changes nothing', async () => {
    const before = await getTwin(hub, d1);
    for (const [name, value] of [
      ['a.b', 1],
      ['x', 'y'.repeat(5_000)],
    ] as const) {
      const update = updateDigitalTwin(hub, d1, [{ op: 'add', path: `/${name}`, value }]);
      await expect(update).rejects.toMatchObject({ code: 'digitalTwin.valueInvalid' });
    }
    expect(await getTwin(hub, d1)).toEqual(before);
  });

  it('refuses a stale etag', async () => {
    const { etag } = await getTwin(hub, d1);
    await updateDigitalTwin(hub, d1, [{ op: 'add', path: '/a', value: 1 }], etag);
    const again = updateDigitalTwin(hub, d1, [{ op: 'add', path: '/a', value: 2 }], etag);
    await expect(again).rejects.toMatchObject({ code: 'etag.mismatch' });
  });
});

describe('what readers of the log hear', () => {
  const changes = async () =>
    (await hub.happenings()).filter(({ source }) => source === Source.digitalTwinChange).map(asChange);
  const asChange = ({ body, properties, ...record }: Awaited<ReturnType<typeof hub.happenings>>[number]) => ({
    modelId: record.modelId,
    contentType: properties.system.contentType,
    application: properties.application,
    patch: JSON.parse(body.toString()) as JsonPatchOperation[],
  });

  it('is the model when it changes, and each change of a property', async () => {
    await updateDigitalTwin(hub, d1, [{ op: 'add', path: '/target', value: 21 }]);
    await patchReported(hub, d1, { target: { value: 21, ac: 200, av: 2 } }, null);
    await rememberModel(hub, d1, 'dtmi:a:b;2');
    const heard = await changes();
    expect(heard.map(({ patch }) => patch)).toEqual([
      [{ op: 'replace', path: '/$metadata/$model', value: MODEL }],
      [{ op: 'add', path: '/$metadata/target', value: { desiredValue: 21, desiredVersion: 2 } }],
      [
        { op: 'add', path: '/target', value: 21 },
        { op: 'add', path: '/$metadata/target/ackVersion', value: 2 },
        { op: 'add', path: '/$metadata/target/ackCode', value: 200 },
        { op: 'add', path: '/$metadata/target/lastUpdateTime', value: TIME },
      ],
      [{ op: 'replace', path: '/$metadata/$model', value: 'dtmi:a:b;2' }],
    ]);
    expect(heard[1]).toMatchObject({
      modelId: MODEL,
      contentType: 'application/json-patch+json',
      application: { hubName: 'myhub', deviceId: 'd1', operationTimestamp: TIME },
    });
  });

  it('is nothing about tags, and nothing about a device without a model', async () => {
    await createDevice(hub, { deviceId: 'd2' });
    await patchTwin(hub, { deviceId: 'd2' }, { desired: { a: 1 } });
    await patchTwin(hub, d1, { tags: { floor: 1 } });
    expect(await changes()).toHaveLength(1);
  });
});

describe('jsonPatchBetween', () => {
  it('makes any document of any other', () => {
    const key = fc.oneof(fc.constantFrom('a', 'b', 'a/b', '~', '~1', '', '__proto__'), fc.string({ maxLength: 3 }));
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.integer()));
    const document = fc.object({ key, values: [leaf], maxDepth: 3 }) as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(document, document, (before, after) => {
        expect(applied(before, jsonPatchBetween(before, after))).toEqual(after);
      }),
    );
  });
});

/** RFC 6902 for documents without arrays to go into, written apart from the product. */
function applied(document: JsonObject, patch: readonly JsonPatchOperation[]): JsonObject {
  return patch.reduce((current, operation) => {
    const names = operation.path.split('/').slice(1);
    return appliedAt(
      current,
      names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')),
      operation,
    );
  }, document);
}

function appliedAt(object: JsonObject, [name = '', ...rest]: string[], { op, value }: JsonPatchOperation): JsonObject {
  const members = new Map(Object.entries(object));
  if (rest.length > 0) members.set(name, appliedAt(members.get(name) as JsonObject, rest, { op, path: '', value }));
  else if (op === 'remove') members.delete(name);
  else members.set(name, value);
  return Object.fromEntries(members);
}
