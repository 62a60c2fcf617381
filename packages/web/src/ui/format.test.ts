import { describe, expect, it } from 'vitest';
import { formatAge, formatBytes, formatMark, formatNumber } from './format.ts';

describe('formatNumber', () => {
  it('shows as many digits as one reads at a glance', () => {
    expect([0, 0.01234, 4.56789, 21.5, 123.456, 1234.5, 12_345_678].map(formatNumber)).toEqual([
      '0',
      '0.0123',
      '4.57',
      '21.5',
      '123.5',
      '1,235',
      '12.3M',
    ]);
  });
});

describe('formatMark', () => {
  it('tells neighbours on an axis apart', () => {
    expect([4_100, 4_120].map((value) => formatMark(value, 20))).toEqual(['4,100', '4,120']);
    expect([1_000, 2_000].map((value) => formatMark(value, 1_000))).toEqual(['1K', '2K']);
    expect([450_000, 450_500].map((value) => formatMark(value, 500))).toEqual(['450K', '450.5K']);
    expect([0.1 + 0.2, 0].map((value) => formatMark(value, 0.1))).toEqual(['0.3', '0']);
  });
});

describe('formatAge', () => {
  it('counts in the largest unit that fits, and calls a clock slightly ahead now', () => {
    const ages = [-3, 0, 12, 300, 7_200, 86_400, 200_000].map((seconds) => formatAge(0, seconds * 1_000));
    expect(ages).toEqual(['now', 'now', '12 s ago', '5 min ago', '2 h ago', '1 day ago', '2 days ago']);
  });
});

describe('formatBytes', () => {
  it('counts in powers of 1024', () => {
    expect([12, 2_048, 3_145_728].map(formatBytes)).toEqual(['12 B', '2 KiB', '3 MiB']);
  });
});

it('writes what no reader could count the digits of by its power', () => {
  expect([1e308, -1e15, 5e-324].map(formatNumber)).toEqual(['1.00e+308', '-1.00e+15', '4.94e-324']);
  expect(formatMark(1e300, 1e299)).toBe('1.0e+300');
});
