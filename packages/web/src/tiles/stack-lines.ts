import type { PlotLine } from './align-lines.ts';

/** Lines on top of each other: each is the sum of itself and those before it at the same time. The bands of single lines say nothing then. Pure. */
export function stackLines(lines: readonly PlotLine[]): readonly PlotLine[] {
  const below = new Map<number, number>();
  return lines.map(({ min: _min, max: _max, ...line }) => ({
    ...line,
    values: line.values.map((value, index) => {
      if (value === null) return null;
      const time = line.times[index] ?? 0;
      const sum = (below.get(time) ?? 0) + value;
      below.set(time, sum);
      return sum;
    }),
  }));
}

/** What each line itself has, of their sums at one time. Pure. */
export function unstacked(sums: readonly (number | null | undefined)[]): readonly (number | null | undefined)[] {
  let below = 0;
  return sums.map((sum) => {
    if (sum === null || sum === undefined) return sum;
    const own = sum - below;
    below = sum;
    return own;
  });
}
