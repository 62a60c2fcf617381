import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, TwinSectionRecord } from '../ports.ts';
import { mergeSection, patchBetween, replaceSection } from './merge-section.ts';
import { isJsonObject } from './validate-section.ts';

const EMPTY = { values: {}, metadata: { $lastUpdated: '0' }, version: 1 };
const STAMP = { time: 't', version: 7 };

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'toString'),
  fc.string({ maxLength: 3 }),
);
const scalar = fc.oneof(fc.integer(), fc.string({ maxLength: 5 }), fc.boolean());
const { document } = fc.letrec<{ document: JsonObject; value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(scalar, { maxLength: 2 }), tie('document')),
  document: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));
const { patch } = fc.letrec<{ patch: JsonObject; value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.constant(null), tie('patch')),
  patch: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

describe('mergeSection', () => {
  it('merges objects, replaces values and removes on null', () => {
    const first = mergeSection(EMPTY, { a: { x: 1, y: 2 }, b: [1], c: 'old' }, STAMP);
    const second = mergeSection(first, { a: { x: null, z: 3 }, b: 5, c: null }, STAMP);
    expect(second.values).toEqual({ a: { y: 2, z: 3 }, b: 5 });
    expect(second.version).toBe(3);
  });

  it('moves the time of what the patch touched, at each level, and of nothing else', () => {
    const first = mergeSection(EMPTY, { a: { x: 1, y: 2 }, b: 1 }, { time: 't1', version: 2 });
    const second = mergeSection(first, { a: { x: 5 } }, { time: 't2', version: 3 });
    const old = { $lastUpdated: 't1', $lastUpdatedVersion: 2 };
    const now = { $lastUpdated: 't2', $lastUpdatedVersion: 3 };
    expect(second.metadata).toEqual({ ...now, a: { ...now, x: now, y: old }, b: old });
  });

  it('writes no version beside reported values', () => {
    expect(mergeSection(EMPTY, { a: 1 }, { time: 't' }).metadata).toEqual({
      $lastUpdated: 't',
      a: { $lastUpdated: 't' },
    });
  });

  it('replaces a value by an object and forgets the value', () => {
    const first = mergeSection(EMPTY, { a: 1 }, STAMP);
    expect(mergeSection(first, { a: { b: 2 } }, STAMP).values).toEqual({ a: { b: 2 } });
  });

  it('does to any document what RFC 7386 says, and leaves no null', () => {
    fc.assert(
      fc.property(document, patch, (before, change) => {
        const { values } = mergeSection({ ...EMPTY, values: before }, change, STAMP);
        expect(plain(values)).toEqual(plain(rfc7386(before, change)));
        expect(JSON.stringify(values)).not.toContain('null');
      }),
    );
  });

  it('mirrors any values in its metadata: the same keys at each level', () => {
    fc.assert(
      fc.property(document, patch, (before, change) => {
        const first = mergeSection(EMPTY, before, STAMP);
        const { values, metadata } = mergeSection(first, change, STAMP);
        expectMirror(values, metadata);
      }),
    );
  });

  it('writes at each level when a patch named it last, and counts patches, not changes', () => {
    fc.assert(
      fc.property(fc.array(patch, { minLength: 1, maxLength: 4 }), (patches) => {
        const section = patches.reduce<TwinSectionRecord>(
          (current, change, i) => mergeSection(current, change as JsonObject, { time: `t${i}`, version: i + 2 }),
          EMPTY,
        );
        expect(section.version).toBe(EMPTY.version + patches.length);
        for (const path of pathsIn(section.values)) {
          const last = patches.findLastIndex((change) => names(change, path));
          expect([path, memberAt(section.metadata, path)]).toMatchObject([
            path,
            { $lastUpdated: `t${last}`, $lastUpdatedVersion: last + 2 },
          ]);
        }
      }),
    );
  });

  it('never touches the prototype of all objects, whatever keys come', () => {
    const evil = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as JsonObject;
    const { values } = mergeSection(mergeSection(EMPTY, evil, STAMP), evil, STAMP);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(JSON.stringify(values)).toBe(JSON.stringify(evil));
  });

  it('changes neither of its arguments', () => {
    const section = Object.freeze({ ...EMPTY, values: Object.freeze({ a: Object.freeze({ x: 1 }) }) });
    expect(() => mergeSection(section, Object.freeze({ a: Object.freeze({ x: null }) }), STAMP)).not.toThrow();
  });
});

describe('patchBetween', () => {
  it('turns any document into any other', () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        expect(plain(rfc7386(before, patchBetween(before, after)))).toEqual(plain(after));
      }),
    );
  });
});

describe('replaceSection', () => {
  it('keeps nothing of before', () => {
    const first = mergeSection(EMPTY, { a: 1 }, STAMP);
    const stamped = { $lastUpdated: 't', $lastUpdatedVersion: 7 };
    expect(replaceSection(first, { b: { c: 1 } }, STAMP)).toEqual({
      values: { b: { c: 1 } },
      metadata: { ...stamped, b: { ...stamped, c: stamped } },
      version: 3,
    });
  });
});

/** Every path that leads to a value, those of objects included; the empty one is the section itself. */
function pathsIn(values: JsonObject, path: readonly string[] = []): readonly (readonly string[])[] {
  const below = Object.entries(values).flatMap(([name, value]) =>
    isJsonObject(value) ? pathsIn(value, [...path, name]) : [[...path, name]],
  );
  return [path, ...below];
}

function names(change: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  return isJsonObject(change) && Object.hasOwn(change, name) && names(change[name], rest);
}

function memberAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (current, name) => Object.entries(current as JsonObject).find(([each]) => each === name)?.[1],
    tree,
  );
}

/** The pseudocode of RFC 7386 §2, over maps, so that it shares no trick with the code under test. */
function rfc7386(target: unknown, change: unknown): unknown {
  if (!isJsonObject(change)) return change;
  const result = new Map(isJsonObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) result.delete(name);
    else result.set(name, rfc7386(result.get(name), value));
  }
  return Object.fromEntries(result);
}

/** As pairs, for `toEqual` does not see a member named `__proto__`. */
function plain(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.entries(value)
    .map(([name, inner]) => [name, plain(inner)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

function expectMirror(values: JsonObject, metadata: JsonObject): void {
  expect(metadata.$lastUpdated).toBe('t');
  const named = Object.keys(metadata).filter((name) => name !== '$lastUpdated' && name !== '$lastUpdatedVersion');
  expect(named.sort()).toEqual(Object.keys(values).sort());
  for (const [name, value] of Object.entries(values)) {
    const inner = Object.entries(metadata).find(([each]) => each === name)?.[1] as JsonObject;
    if (isJsonObject(value)) expectMirror(value, inner);
    else expect(inner).toEqual({ $lastUpdated: 't', $lastUpdatedVersion: 7 });
  }
}
