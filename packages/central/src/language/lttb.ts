/**
 * Which points of a line to keep so that it looks the same: "largest triangle three buckets". The first and the last stay; of each bucket
 * between, the point that makes the largest triangle with the one kept before and the middle of the next bucket. Indexes, rising.
 * Source: S. Steinarsson, "Downsampling Time Series for Visual Representation", 2013, §4.2.
 */
export function lttb(times: readonly number[], values: readonly number[], count: number): readonly number[] {
  const { length } = times;
  if (length <= count) return times.map((_time, index) => index);
  if (count < 3) return count < 1 ? [] : count === 1 ? [0] : [0, length - 1];
  const kept = [0];
  const width = (length - 2) / (count - 2);
  let last = 0;
  for (let bucket = 0; bucket < count - 2; bucket++) {
    const begin = Math.floor(bucket * width) + 1;
    const end = Math.floor((bucket + 1) * width) + 1;
    const next = middle(times, values, end, Math.min(Math.floor((bucket + 2) * width) + 1, length));
    last = largest(times, values, { begin, end, last, next });
    kept.push(last);
  }
  kept.push(length - 1);
  return kept;
}

interface Corner {
  readonly begin: number;
  readonly end: number;
  readonly last: number;
  readonly next: readonly [number, number];
}

function largest(
  times: readonly number[],
  values: readonly number[],
  { begin, end, last, next: [time, value] }: Corner,
): number {
  let best = begin;
  let area = -1;
  for (let index = begin; index < end; index++) {
    const size = Math.abs(
      (times[last]! - time) * (values[index]! - values[last]!) -
        (times[last]! - times[index]!) * (value - values[last]!),
    );
    if (size > area) [best, area] = [index, size];
  }
  return best;
}

function middle(
  times: readonly number[],
  values: readonly number[],
  begin: number,
  end: number,
): readonly [number, number] {
  let [time, value] = [0, 0];
  for (let index = begin; index < end; index++) {
    time += times[index]!;
    value += values[index]!;
  }
  return [time / (end - begin), value / (end - begin)];
}
