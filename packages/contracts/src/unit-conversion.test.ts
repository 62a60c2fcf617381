import { describe, expect, it } from 'vitest';
import { unitConversion } from './unit-conversion.ts';

function convert(value: number, from: string, to: string): number {
  const { factor, offset } = unitConversion(from, to) ?? { factor: Number.NaN, offset: 0 };
  return value * factor + offset;
}

/** Known pairs: what one side is, the other is exactly, or as far as is written. */
const SAME: readonly (readonly [number, string, number, string])[] = [
  [0, '°C', 32, '°F'],
  [100, '°C', 212, '°F'],
  [-40, '°F', -40, '°C'],
  [0, 'K', -459.67, '°F'],
  [25, '°C', 298.15, 'K'],
  [1, 'mi', 1_609.344, 'm'],
  [1, 'nmi', 1.852, 'km'],
  [12, 'in', 1, 'ft'],
  [1, 'ac', 4_046.8564224, 'm²'],
  [1, 'gal', 3.785411784, 'L'],
  [128, 'fl oz', 1, 'gal'],
  [3_600, 'L/h', 1, 'L/s'],
  [1, 'slug', 14.593902937, 'kg'],
  [1, 'psi', 6.894757293, 'kPa'],
  [1, 'inHg', 33.86388640341, 'mbar'],
  [36, 'km/h', 10, 'm/s'],
  [1, 'mph', 1.609344, 'km/h'],
  [1, 'kn', 1.852, 'km/h'],
  [1, 'g', 9.80665, 'm/s²'],
  [1, 'g', 0.001, 'kg'],
  [180, '°', Math.PI, 'rad'],
  [60, 'rpm', 1, 'r/s'],
  [1, 'lbf', 4.4482216152605, 'N'],
  [1, 'kWh', 3.6, 'MJ'],
  [1, 'hp', 745.699871582, 'W'],
  [1, 'a', 365.25, 'd'],
  [1, 'fc', 10.763910417, 'lx'],
  [1, 'B', 8, 'bit'],
  [1, 'B', 10, 'dB'],
  [1, 'MiB/s', 1_048_576, 'B/s'],
  [0.42, '', 42, '%'],
];

describe('unitConversion', () => {
  it.each(SAME)('%d %s are %d %s, and back', (value, from, other, to) => {
    expect(convert(value, from, to)).toBeCloseTo(other, 9);
    expect(convert(other, to, from)).toBeCloseTo(value, 8);
  });

  it('leaves alone what does not measure the same, or is not known', () => {
    for (const [from, to] of [
      ['°C', 'm'],
      ['kg', 'm/s²'],
      ['°C', 'banana'],
      ['constructor', 'toString'],
    ] as const) {
      expect(unitConversion(from, to), `${from} ${to}`).toBeNull();
    }
  });

  it('changes nothing between a unit and itself', () => {
    expect(unitConversion('°F', '°F')).toEqual({ factor: 1, offset: 0 });
  });
});
