import { describe, expect, it } from 'vitest';
import { ChartBuffer } from '../live/chart-buffer.ts';
import { withLiveTail } from './live-tail.ts';

const past = { key: 'a', label: 'a', times: [0, 10_000], values: [1, 2], min: [0, 1], max: [2, 3] };
const buffer = new ChartBuffer();
for (const second of [8, 10, 12, 14, 30]) buffer.append(second, new Map([['a', second]]));

describe('withLiveTail', () => {
  it('appends what was heard after the last bucket began, up to the end of the window', () => {
    const line = withLiveTail(past, buffer, 'a', { fromMs: 0, toMs: 20_000 });
    expect(line.times).toEqual([0, 10_000, 12_000, 14_000]);
    expect(line.values).toEqual([1, 2, 12, 14]);
    expect(line.max).toEqual([2, 3, 12, 14]);
  });

  it('leaves a window of the past alone, and a line that nobody hears', () => {
    expect(withLiveTail(past, buffer, 'a', { fromMs: 0, toMs: 10_000 })).toBe(past);
    expect(withLiveTail(past, buffer, 'b', { fromMs: 0, toMs: 20_000 })).toBe(past);
  });
});
