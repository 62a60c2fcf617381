import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { READINGS_PER_BODY_MAX, readBody } from './read-body.ts';

const flat = (body: unknown) => readBody(body).map(({ path, value }) => [path.join('/'), value.value]);

describe('readBody', () => {
  it('finds every number, boolean and text with its path', () => {
    const body = { temp: 21.5, cpu: { core0: 3, core1: 4 }, load: [1, 2], door: true, mode: 'auto', gone: null };
    expect(flat(body)).toEqual([
      ['temp', 21.5],
      ['cpu/core0', 3],
      ['cpu/core1', 4],
      ['load/0', 1],
      ['load/1', 2],
      ['door', true],
      ['mode', 'auto'],
    ]);
  });

  it('shows a place as one value, not as two charts', () => {
    expect(flat({ where: { lat: 51.05, lon: 13.74, alt: 113 } })).toEqual([
      ['where', { lat: 51.05, lon: 13.74, alt: 113 }],
    ]);
  });

  it('says how long a vector is, beside its parts', () => {
    expect(flat({ a: { x: 2, y: 3, z: 6 } })).toEqual([
      ['a/x', 2],
      ['a/y', 3],
      ['a/z', 6],
      ['a/magnitude', 7],
    ]);
  });

  it('gives a bare number a name', () => {
    expect(flat(21.5)).toEqual([['value', 21.5]]);
  });

  it('shows what lies too deep as text', () => {
    const deep = { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } };
    expect(flat(deep)).toEqual([['a/b/c/d/e/f', '{"g":1}']]);
  });

  it('has numbers for a place that is none on the earth', () => {
    expect(flat({ p: { lat: 91, lon: 1e308 } })).toEqual([
      ['p/lat', 91],
      ['p/lon', 1e308],
    ]);
  });

  it('gives a bounded number of readings for any JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(readBody(body).length).toBeLessThanOrEqual(READINGS_PER_BODY_MAX);
      }),
    );
    expect(readBody(Array.from({ length: 1_000 }, (_, index) => index))).toHaveLength(READINGS_PER_BODY_MAX);
  });
});
