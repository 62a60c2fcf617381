import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffDocuments } from './diff-documents.ts';

const diff = (before: unknown, after: unknown) =>
  diffDocuments(before, after).map(({ path, kind }) => `${kind} ${path.join('.')}`);

describe('diffDocuments', () => {
  it('names what came, went and changed, by path', () => {
    const before = { a: 1, b: { c: 2, d: [1, 2] }, gone: true };
    const after = { a: 1, b: { c: 3, d: [1, 3] }, come: { x: 1 } };
    expect(diff(before, after)).toEqual(['changed b.c', 'changed b.d', 'added come', 'removed gone']);
  });

  it('does not mind the order of members, also within lists', () => {
    expect(diff({ a: [{ x: 1, y: 2 }] }, { a: [{ y: 2, x: 1 }] })).toEqual([]);
  });

  it('tells null from nothing, and an object from a value', () => {
    expect(diff({ a: null }, {})).toEqual(['removed a']);
    expect(diff({ a: { b: 1 } }, { a: 1 })).toEqual(['changed a']);
    expect(diff({}, { constructor: 1 })).toEqual(['added constructor']);
  });

  it('finds nothing between a document and itself, and something between two that differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(diffDocuments(a, structuredClone(a))).toEqual([]);
        const isSameText = JSON.stringify(a) === JSON.stringify(b);
        if (isSameText) expect(diffDocuments(a, b)).toEqual([]);
        expect(diffDocuments(a, b).length).toBe(diffDocuments(b, a).length);
      }),
    );
  });
});
