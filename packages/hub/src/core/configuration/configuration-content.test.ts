import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../ports.ts';
import { readContent } from './configuration-content.ts';

describe('readContent', () => {
  it('reads paths of devices and modules', () => {
    expect(
      readContent({ deviceContent: { 'properties.desired.a.b': 1, 'properties.desired.c': { d: [null] } } }),
    ).toEqual({
      kind: 'device',
      settings: [
        { path: ['c'], value: { d: [null] } },
        { path: ['a', 'b'], value: 1 },
      ],
    });
    expect(readContent({ moduleContent: { 'properties.desired.a': null } })).toMatchObject({ kind: 'module' });
  });

  it('reads a deployment, whole before its parts, and knows a layered one', () => {
    const agent = { 'properties.desired': { modules: {} }, 'properties.desired.modules.m': { version: '1' } };
    expect(readContent({ modulesContent: { $edgeAgent: agent } })).toMatchObject({ kind: 'edge', isLayered: false });
    const layered = readContent({
      modulesContent: { $edgeAgent: { 'properties.desired.modules.m': {} }, m: { 'properties.desired': { a: 1 } } },
    });
    expect(layered).toMatchObject({ kind: 'edge', isLayered: true });
    expect(layered.kind === 'edge' && layered.modules.get('m')).toEqual([{ path: [], value: { a: 1 } }]);
  });

  it('takes members that SDKs leave empty', () => {
    const content = { deviceContent: { 'properties.desired.a': 1 }, modulesContent: {}, moduleContent: null };
    expect(readContent(content)).toMatchObject({ kind: 'device' });
  });

  it.each<[JsonObject, string]>([
    [{}, 'sets nothing'],
    [{ deviceContent: {} }, 'sets nothing'],
    [{ deviceContnt: { 'properties.desired.a': 1 } }, 'unknown member "deviceContnt"'],
    [{ deviceContent: { 'properties.desired.a': 1 }, moduleContent: { 'properties.desired.a': 1 } }, 'has one of them'],
    [{ deviceContent: 5 }, 'JSON object'],
    [{ deviceContent: { 'properties.desired': { a: 1 } } }, 'keys are paths such as'],
    [{ deviceContent: { 'tags.a': 1 } }, 'keys are paths such as'],
    [{ deviceContent: { 'properties.reported.a': 1 } }, 'keys are paths such as'],
    [{ deviceContent: { 'properties.desired.': 1 } }, 'keys have no'],
    [{ deviceContent: { 'properties.desired.a..b': 1 } }, 'keys have no'],
    [{ deviceContent: { 'properties.desired.$version': 1 } }, 'names with $'],
    [{ deviceContent: { 'properties.desired.a.$b': 1 } }, 'keys have no'],
    [{ deviceContent: { 'properties.desired.a': { $b: 1 } } }, 'keys have no'],
    [{ deviceContent: { 'properties.desired.a b': 1 } }, 'keys have no'],
    [{ deviceContent: { 'properties.desired.a': { b: null } } }, 'null'],
    [{ deviceContent: { 'properties.desired.a': 1, 'properties.desired.a.b': 2 } }, 'name one of them'],
    [{ deviceContent: { 'properties.desired.a.b.c': 1, 'properties.desired.a': {} } }, 'name one of them'],
    [{ deviceContent: { 'properties.desired.a': 'x'.repeat(5_000) } }, 'string of more than'],
    [{ deviceContent: { [`properties.desired.${'a.'.repeat(20)}a`]: 1 } }, 'deeper than'],
    [{ modulesContent: { 'no/module': { 'properties.desired': {} } } }, 'not a valid module id'],
    [{ modulesContent: { m: 'x' } }, 'JSON object'],
    [{ modulesContent: { m: { 'properties.desired': [1] } } }, 'JSON object'],
  ])('refuses %j', (content, why) => {
    expect(() => readContent(content)).toThrow(expect.objectContaining({ code: 'configuration.contentInvalid' }));
    expect(() => readContent(content)).toThrow(why);
  });

  it('refuses what no twin could hold, and what is too much to keep', () => {
    const large = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`properties.desired.k${i}`, 'x'.repeat(4_000)]),
    );
    expect(() => readContent({ deviceContent: large })).toThrow('at most 32768 are kept');
    const modules = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`m${i}`, { ...large, extra: 'x'.repeat(4_000) }]),
    );
    expect(() => readContent({ modulesContent: modules })).toThrow('at most 262144 are kept');
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`properties.desired.k${i}`, 1]));
    expect(() => readContent({ deviceContent: many })).toThrow('at most 1000 are taken');
  });

  it('answers any JSON with settings or a refusal', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const keys = fc.oneof(
      fc.string(),
      fc.string().map((end) => `properties.desired.${end}`),
    );
    const content = fc.record(
      {
        deviceContent: fc.dictionary(keys, value),
        moduleContent: value,
        modulesContent: fc.dictionary(fc.string(), value),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(content, (json) => {
        try {
          expect(['device', 'module', 'edge']).toContain(readContent(json as JsonObject).kind);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'configuration.contentInvalid' });
        }
      }),
    );
  });
});
