import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lttb } from './lttb.ts';

describe('lttb', () => {
  it('keeps a spike that every tenth point would have lost', () => {
    const times = Array.from({ length: 1_000 }, (_, index) => index);
    const values = times.map((time) => (time === 437 ? 100 : Math.sin(time / 100)));
    expect(lttb(times, values, 100)).toContain(437);
  });

  it('keeps so many points, in order, the first and the last among them', () => {
    const points = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(points, fc.integer({ min: 3, max: 100 }), (values, count) => {
        const kept = lttb(
          values.map((_value, index) => index * 1_000),
          values,
          count,
        );
        expect(kept).toHaveLength(Math.min(count, values.length));
        expect([...new Set(kept)].sort((one, other) => one - other)).toEqual(kept);
        expect([kept[0], kept.at(-1)]).toEqual([0, values.length - 1]);
      }),
    );
  });

  it('leaves short lines as they are', () => {
    expect(lttb([1, 2], [5, 6], 10)).toEqual([0, 1]);
    expect(lttb([1, 2, 3, 4], [5, 6, 7, 8], 2)).toEqual([0, 3]);
  });
});
