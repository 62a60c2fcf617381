import { describe, expect, it } from 'vitest';
import { type Claim, type OwnedPaths, wantedSection } from './settle-twin.ts';

const NOTHING: OwnedPaths = { owned: [], ownedByEdge: [] };

/** Rising in priority, as they are given. */
function claim(configurationId: string, values: Readonly<Record<string, unknown>>, byEdge = false): Claim {
  const settings = Object.entries(values).map(([key, value]) => ({ path: key === '' ? [] : key.split('.'), value }));
  return { configurationId, settings, byEdge };
}

describe('wantedSection', () => {
  it('gives a path to the highest priority, and leaves the other paths of the lower one in effect', () => {
    const wanted = wantedSection({ mine: 1 }, NOTHING, [claim('low', { a: 1, b: 2 }), claim('high', { a: 3 })]);
    expect(wanted.values).toEqual({ mine: 1, a: 3, b: 2 });
    expect([...wanted.applied]).toEqual(['low', 'high']);
    expect(wanted.owned).toEqual([['a'], ['b']]);
  });

  it('does not call applied what is replaced altogether', () => {
    const wanted = wantedSection({}, NOTHING, [claim('low', { 'a.x': 1 }), claim('high', { a: { y: 2 } })]);
    expect(wanted.values).toEqual({ a: { y: 2 } });
    expect([...wanted.applied]).toEqual(['high']);
  });

  it('lets a part of a lower value be replaced', () => {
    const wanted = wantedSection({}, NOTHING, [claim('low', { a: { x: 1, y: 1 } }), claim('high', { 'a.y': 2 })]);
    expect(wanted.values).toEqual({ a: { x: 1, y: 2 } });
    expect([...wanted.applied]).toEqual(['low', 'high']);
  });

  it('takes back what nobody sets any more, and makes room for what is next', () => {
    const known = { owned: [['a'], ['b']], ownedByEdge: [] };
    expect(wantedSection({ mine: 1, a: 1, b: 2 }, known, [claim('next', { b: 5 })])).toMatchObject({
      values: { mine: 1, b: 5 },
      owned: [['b']],
    });
    expect(wantedSection({ mine: 1, a: 1, b: 2 }, known, [])).toMatchObject({ values: { mine: 1 }, owned: [] });
  });

  it('leaves a configuration out as a whole when a path of it is blocked, takes back its values, and says why', () => {
    const known = { owned: [['ok']], ownedByEdge: [] };
    const claims = [claim('good', { c: 1 }), claim('bad', { 'a.b': 1, ok: 2 })];
    const wanted = wantedSection({ a: [1], ok: 2 }, known, claims);
    expect(wanted.values).toEqual({ a: [1], c: 1 });
    expect([...wanted.applied]).toEqual(['good']);
    expect(wanted.owned).toEqual([['c']]);
    expect(wanted.reasons.get('bad')).toBe(
      'properties.desired.a is an array, so that properties.desired.a.b cannot be set in it',
    );
  });

  it('keeps apart what an Edge deployment set', () => {
    const claims = [claim('base', { '': { x: 1 } }, true), claim('own', { y: 2 })];
    const wanted = wantedSection({ old: 1 }, NOTHING, claims);
    expect(wanted).toMatchObject({ values: { x: 1, y: 2 }, owned: [['y']], ownedByEdge: [[]] });
  });

  it('does not own what is to be absent', () => {
    expect(wantedSection({ a: 1 }, NOTHING, [claim('c', { a: null })])).toMatchObject({ values: {}, owned: [] });
  });
});
