import { expect, it } from 'vitest';
import { stackLines, unstacked } from './stack-lines.ts';

it('puts lines on top of each other where they have a value, and tells what each has itself', () => {
  const line = (key: string, values: (number | null)[]) => ({ key, label: key, times: [1, 2, 3], values });
  const sums = stackLines([line('a', [1, null, 3]), line('b', [10, 20, null]), line('c', [5, 5, 5])]);
  expect(sums.map(({ values }) => values)).toEqual([
    [1, null, 3],
    [11, 20, null],
    [16, 25, 8],
  ]);
  expect(unstacked(sums.map(({ values }) => values[1]))).toEqual([null, 20, 5]);
});
