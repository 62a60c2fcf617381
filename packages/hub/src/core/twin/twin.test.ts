import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { createDevice } from '../registry/create-device.ts';
import { getTwin } from './get-twin.ts';
import { patchReported } from './patch-reported.ts';
import { patchTwin, replaceTwin } from './patch-twin.ts';
import { deviceTwinDocument } from './twin-document.ts';

const d1 = { deviceId: 'd1' };
let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1);
});
afterEach(() => hub.close());

describe('patchReported', () => {
  it('merges, counts and keeps over a restart', async () => {
    await patchReported(hub, d1, { fan: { rpm: 900 }, old: 1 }, null);
    const twin = await patchReported(hub, d1, { fan: { on: true }, old: null, $version: 99, $metadata: {} }, null);
    hub = await hub.reopened();
    expect(await getTwin(hub, d1)).toEqual(twin);
    expect(deviceTwinDocument(twin)).toEqual({
      desired: { $version: 1 },
      reported: { fan: { rpm: 900, on: true }, $version: 3 },
    });
    expect(twin.version).toBe(2);
  });

  it('loses none of 100 writes that come at once', async () => {
    const writes = Array.from({ length: 100 }, (_, i) => patchReported(hub, d1, { [`k${i}`]: i }, null));
    const versions = (await Promise.all(writes)).map((twin) => twin.reported.version);
    expect(new Set(versions).size).toBe(100);
    const { reported } = await getTwin(hub, d1);
    expect(Object.keys(reported.values)).toHaveLength(100);
    expect(reported.version).toBe(101);
  });

  it('lets one of two writers through who expect the same version', async () => {
    const writes = [patchReported(hub, d1, { a: 1 }, 1), patchReported(hub, d1, { a: 2 }, 1)];
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'etag.mismatch' } });
  });

  it('survives another process that saves in between', async () => {
    const other = await getTwin(hub, d1);
    const store = hub.twins;
    let intrusions = 0;
    const intruded = {
      ...hub,
      twins: {
        find: store.find.bind(store),
        async save(twin: typeof other, expected: number) {
          if (intrusions++ === 0) {
            const desired = { ...other.desired, values: { intruder: true } };
            await store.save({ ...other, desired, revision: other.revision + 1 }, other.revision);
          }
          return store.save(twin, expected);
        },
      },
    };
    const twin = await patchReported(intruded, d1, { a: 1 }, null);
    expect(twin.desired.values).toEqual({ intruder: true });
    expect(twin.reported.values).toEqual({ a: 1 });
  });

  it.each<[string, unknown]>([
    ['what is not an object', [1]],
    ['a key with a dot', { 'a.b': 1 }],
    ['a key with a dollar sign', { a: { $b: 1 } }],
    ['a key with a space', { 'a b': 1 }],
    ['a key with a control character', { 'a\u0001': 1 }],
    ['a key with a line feed', { 'a\nb': 1 }],
    ['a key with a C1 control character', { 'a\u0085b': 1 }],
    ['an empty key', { '': 1 }],
    ['a long key', { ['k'.repeat(1_025)]: 1 }],
    ['a long string', { a: 'x'.repeat(4_097) }],
    ['a long string in an array', { a: ['x'.repeat(4_097)] }],
    ['an integer past 2^52', { a: 4_503_599_627_370_496 }],
    ['eleven levels', nested(11)],
    ['arrays in arrays without end', { a: JSON.parse('['.repeat(2_000) + ']'.repeat(2_000)) }],
  ])('refuses %s and changes nothing', async (_what, patch) => {
    await expect(patchReported(hub, d1, patch, null)).rejects.toMatchObject({ code: 'argument.invalid' });
    expect((await getTwin(hub, d1)).reported.version).toBe(1);
  });

  it('takes keys of any script, and a member named __proto__ as any other', async () => {
    const patch = JSON.parse('{"температура":1,"温\u00a0度":2,"__proto__":{"a":1}}') as object;
    await patchReported(hub, d1, patch, null);
    const document = JSON.stringify(deviceTwinDocument(await getTwin(hub, d1)));
    expect(document).toContain('"__proto__":{"a":1}');
    expect(document).toContain('"температура":1');
  });

  it('takes ten levels, the largest integer and 32 KB, and not a byte more', async () => {
    await patchReported(hub, d1, { deep: 1, ...nested(10), big: 4_503_599_627_370_495 }, null);
    const room = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`s${i}`, 'x'.repeat(4_000)]));
    await expect(patchReported(hub, d1, room, null)).rejects.toMatchObject({ code: 'twin.tooLarge' });
  });

  it('tells readers of the log what changed', async () => {
    await patchReported(hub, d1, { a: 1 }, null);
    const event = (await hub.happenings()).at(-1);
    expect(event?.properties.application).toMatchObject({
      opType: 'updateTwin',
      'iothub-message-schema': 'twinChangeNotification',
    });
    const $lastUpdated = '2030-01-01T00:00:00.0000000Z';
    expect(event?.json).toEqual({
      version: 2,
      properties: { reported: { a: 1, $metadata: { $lastUpdated, a: { $lastUpdated } }, $version: 2 } },
    });
  });
});

describe('patchTwin', () => {
  it('changes tags and desired, moves the etag, and tells the connected device the patch', async () => {
    const session = new RecordingSession(d1, hub.clock.now());
    hub.sessions.enter(session);
    const before = await getTwin(hub, d1);
    const twin = await patchTwin(hub, d1, { tags: { site: 'x' }, desired: { a: 1, b: { c: null } } }, before.etag);
    expect(twin).toMatchObject({ version: 3, tags: { site: 'x' }, desired: { version: 2, values: { a: 1 } } });
    expect(twin.etag).not.toBe(before.etag);
    expect(session.desired).toEqual([{ a: 1, b: { c: null }, $version: 2 }]);
    await expect(patchTwin(hub, d1, { desired: { a: 2 } }, before.etag)).rejects.toMatchObject({
      code: 'etag.mismatch',
    });
  });

  it('does not disturb the device when only tags change', async () => {
    const session = new RecordingSession(d1, hub.clock.now());
    hub.sessions.enter(session);
    const twin = await patchTwin(hub, d1, { tags: { site: 'x' } });
    expect(twin.desired.version).toBe(1);
    expect(session.desired).toEqual([]);
  });

  it('refuses tags over 8 KB', async () => {
    const tags = { a: 'x'.repeat(4_000), b: 'x'.repeat(4_000), c: 'x'.repeat(200) };
    await expect(patchTwin(hub, d1, { tags })).rejects.toMatchObject({ code: 'twin.tooLarge' });
  });

  it('knows no twin of a device that is not there', async () => {
    const ghost = { deviceId: 'ghost' };
    await expect(patchTwin(hub, ghost, { tags: {} })).rejects.toMatchObject({ code: 'device.notFound' });
  });
});

describe('replaceTwin', () => {
  it('puts a section in the place of the old one and tells the device what is gone', async () => {
    const session = new RecordingSession(d1, hub.clock.now());
    hub.sessions.enter(session);
    await patchTwin(hub, d1, { tags: { keep: 1 }, desired: { a: 1, b: { x: 1, y: 2 } } });
    const twin = await replaceTwin(hub, d1, { desired: { b: { y: 3 } } });
    expect(twin.desired).toMatchObject({ values: { b: { y: 3 } }, version: 3 });
    expect(twin.tags).toEqual({ keep: 1 });
    expect(session.desired.at(-1)).toEqual({ a: null, b: { x: null, y: 3 }, $version: 3 });
    expect((await hub.happenings()).at(-1)?.properties.application.opType).toBe('replaceTwin');
  });

  it('refuses null', async () => {
    await expect(replaceTwin(hub, d1, { desired: { a: null } })).rejects.toMatchObject({ code: 'argument.invalid' });
  });
});

/** `levels` objects inside the section, and a value in the innermost. */
function nested(levels: number): Record<string, unknown> {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { n: value };
  return { n: value };
}
