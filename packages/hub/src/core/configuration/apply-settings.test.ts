import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesiredPath, JsonObject } from '../ports.ts';
import { mergeSection } from '../twin/merge-section.ts';
import { isJsonObject } from '../twin/validate-section.ts';
import {
  applySettings,
  BlockedSetting,
  contains,
  pathKey,
  type Setting,
  smallestPatch,
  takeBack,
} from './apply-settings.ts';

const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const scalar = fc.oneof(fc.integer(), fc.string({ maxLength: 3 }), fc.boolean());
const { document } = fc.letrec<{ document: JsonObject; value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(scalar, { maxLength: 2 }), tie('document')),
  document: fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));
const path = fc.array(key, { minLength: 1, maxLength: 4 });
const setting = fc.record({ path, value: fc.oneof(scalar, document, fc.constant(null)) });

describe('applySettings', () => {
  it('replaces what is at exactly the path, and makes the objects on the way', () => {
    const before = { a: { x: 1, y: { z: 2 } }, b: [1] };
    expect(applySettings(before, [{ path: ['a', 'y'], value: { w: 3 } }])).toEqual({
      a: { x: 1, y: { w: 3 } },
      b: [1],
    });
    expect(applySettings(before, [{ path: ['c', 'd'], value: 4 }])).toEqual({ ...before, c: { d: 4 } });
    expect(applySettings(before, [{ path: ['b'], value: 'new' }])).toEqual({ a: before.a, b: 'new' });
  });

  it('takes away what is set to null, and makes nothing for it', () => {
    expect(applySettings({ a: { x: 1, y: 2 } }, [{ path: ['a', 'x'], value: null }])).toEqual({ a: { y: 2 } });
    expect(applySettings({ a: 1 }, [{ path: ['b', 'x'], value: null }])).toEqual({ a: 1 });
    expect(applySettings({ a: 1 }, [{ path: ['a', 'x'], value: null }])).toEqual({ a: 1 });
  });

  it('does not go through arrays, texts or numbers', () => {
    for (const inTheWay of [[1, 2], 'text', 5, true]) {
      const blocked = applySettings({ a: { b: inTheWay } }, [{ path: ['a', 'b', '0'], value: 1 }]);
      expect(blocked).toEqual(new BlockedSetting(['a', 'b', '0'], ['a', 'b']));
    }
  });

  it('has every value at its path afterwards, and everything beside it as before', () => {
    fc.assert(
      fc.property(document, setting, (before, { path, value }) => {
        const after = applySettings(before, [{ path, value }]);
        if (after instanceof BlockedSetting) {
          expect(isJsonObject(at(before, after.at))).toBe(false);
          return;
        }
        expect(at(after, path)).toEqual(value === null ? undefined : value);
        // All leaves outside the path are the same.
        const beside = (values: JsonObject) => leaves(values).filter(([leaf]) => !contains(path, leaf));
        expect(textOf(beside(after))).toEqual(textOf(beside(before)));
      }),
    );
  });

  it('says the same with paths as with one path at a time, and changes no argument', () => {
    fc.assert(
      fc.property(document, fc.array(setting, { maxLength: 4 }), (before, settings) => {
        const text = JSON.stringify(before);
        const together = applySettings(before, settings);
        let stepwise: JsonObject | BlockedSetting = before;
        for (const each of settings) {
          if (!(stepwise instanceof BlockedSetting)) stepwise = applySettings(stepwise, [each]);
        }
        expect(together).toEqual(stepwise);
        expect(JSON.stringify(before)).toBe(text);
      }),
    );
  });

  it('never touches the prototype of all objects', () => {
    applySettings({}, [{ path: ['__proto__', 'polluted'], value: 1 }]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('takeBack', () => {
  it('takes what was set and is not any more, and nothing else', () => {
    expect(takeBack({ a: { x: 1, y: 2 }, b: 3 }, [['a', 'x'], ['b']], [['b']])).toEqual({ a: { y: 2 }, b: 3 });
    expect(takeBack({ a: 1 }, [['a', 'x'], ['c']], [])).toEqual({ a: 1 });
  });

  it('undoes any settings on a document that had nothing at their paths', () => {
    const settings = fc.uniqueArray(fc.record({ path, value: scalar }), {
      selector: ({ path: [first] }) => first,
      maxLength: 3,
    });
    fc.assert(
      fc.property(document, settings, (before, made) => {
        fc.pre(made.every(({ path: [first = ''] }) => !Object.hasOwn(before, first)));
        const after = applySettings(before, made) as JsonObject;
        const back = takeBack(after, pathsOf(made), []);
        expect(textOf(leaves(back))).toEqual(textOf(leaves(before)));
      }),
    );
  });
});

describe('smallestPatch', () => {
  it('has nothing of what is equal', () => {
    expect(smallestPatch({ a: { x: 1, y: [1, { z: 2 }] }, b: 2 }, { b: 2, a: { y: [1, { z: 2 }], x: 3 } })).toEqual({
      a: { x: 3 },
    });
    expect(smallestPatch({ a: 1 }, { a: 1 })).toEqual({});
  });

  it('makes of any document any other, through the merge that twins know', () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        const section = { values: before, metadata: {}, version: 1 };
        const merged = mergeSection(section, smallestPatch(before, after), { time: 't' }).values;
        expect(smallestPatch(merged, after)).toEqual({});
        expect(textOf(leaves(merged))).toEqual(textOf(leaves(after)));
      }),
    );
  });
});

/** Every value that is no object, or an empty one, with its path. */
function leaves(values: JsonObject, path: DesiredPath = []): [DesiredPath, unknown][] {
  return Object.entries(values).flatMap(([key, value]) => {
    const here = [...path, key];
    return isJsonObject(value) ? leaves(value, here) : [[here, value] as [DesiredPath, unknown]];
  });
}

function textOf(found: readonly [DesiredPath, unknown][]): string[] {
  return found.map(([path, value]) => `${pathKey(path)}=${JSON.stringify(value)}`).sort();
}

function at(values: JsonObject, path: DesiredPath): unknown {
  let here: unknown = values;
  for (const key of path) here = isJsonObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  return here;
}

function pathsOf(settings: readonly Setting[]): readonly DesiredPath[] {
  return settings.map(({ path }) => path);
}
