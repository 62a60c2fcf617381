import { describe, expect, it } from 'vitest';
import { unwrapRing } from './unwrap-ring.ts';

describe('unwrapRing', () => {
  it('leaves a ring as it is that stays on one side', () => {
    const ring = [
      [8, 47],
      [9, 47],
      [9, 48],
      [8, 47],
    ];
    expect(unwrapRing(ring)).toEqual(ring);
  });

  it('goes on beyond 180° where a country lies on both sides', () => {
    expect(
      unwrapRing([
        [179, 65],
        [-179, 65],
        [-179, 66],
        [179, 66],
        [179, 65],
      ]),
    ).toEqual([
      [179, 65],
      [181, 65],
      [181, 66],
      [179, 66],
      [179, 65],
    ]);
  });

  it('closes a coast around the pole over the pole', () => {
    const ring = [
      [-170, -70],
      [-60, -70],
      [60, -70],
      [170, -70],
      [-170, -70],
    ];
    expect(unwrapRing(ring).slice(-4)).toEqual([
      [190, -70],
      [190, -90],
      [-170, -90],
      [-170, -70],
    ]);
  });
});
