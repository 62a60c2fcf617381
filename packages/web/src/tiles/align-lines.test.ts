import { describe, expect, it } from 'vitest';
import { alignLines } from './align-lines.ts';

const line = (key: string, times: number[], values: (number | null)[]) => ({ key, label: key, times, values });

describe('alignLines', () => {
  it('puts lines of different times on one axis and draws through where one has no point', () => {
    const { times, values } = alignLines([line('a', [1_000, 3_000], [1, 3]), line('b', [2_000], [2])]);
    expect(times).toEqual([1, 2, 3]);
    expect(values).toEqual([
      [1, undefined, 3],
      [undefined, 2, undefined],
    ]);
  });

  it('draws through the empty buckets of a device that speaks less often than a bucket lasts', () => {
    const times = [0, 1, 2, 3, 4, 5, 6].map((second) => second * 1_000);
    const { values } = alignLines([line('a', times, [1, null, null, 2, null, null, 3])]);
    expect(values[0]).toEqual([1, undefined, undefined, 2, undefined, undefined, 3]);
  });

  it('breaks the line where the device was silent', () => {
    const times = [0, 1, 2, 60, 61, 62].map((second) => second * 1_000);
    const { values } = alignLines([line('a', times, [1, 1, null, null, 1, 1])]);
    expect(values[0]).toContain(null);
  });

  it('breaks it too where the silence has no buckets of its own', () => {
    const times = [0, 1, 2, 60, 61, 62].map((second) => second * 1_000);
    const { times: seconds, values } = alignLines([line('a', times, [1, 1, 1, 2, 2, 2])]);
    expect(seconds).toEqual([0, 1, 2, 2.001, 60, 61, 62]);
    expect(values[0]).toEqual([1, 1, 1, null, 2, 2, 2]);
  });
});
