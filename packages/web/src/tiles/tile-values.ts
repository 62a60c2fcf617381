import type { TextFormat } from '@viaduct/contracts';
import { formatNumber, formatValue } from '../ui/format.ts';
import type { AggregateFunction } from './tile-configuration.ts';

/** Values as a tile writes them. Pure. */
export function tileText(value: unknown, unit: string | null, format: TextFormat = {}): string {
  const text = valueText(value, format);
  return unit === null || unit === '' || value === null || value === undefined ? text : `${text} ${unit}`;
}

function valueText(value: unknown, { abbreviateValue = true, decimalPlaces }: TextFormat): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value !== 'number') return formatValue(value);
  if (decimalPlaces === undefined)
    return abbreviateValue ? formatNumber(value) : value.toLocaleString('en', { maximumFractionDigits: 6 });
  return value.toLocaleString('en', {
    minimumFractionDigits: decimalPlaces,
    maximumFractionDigits: decimalPlaces,
    ...(abbreviateValue && Math.abs(value) >= 10_000 ? { notation: 'compact' as const } : {}),
  });
}

/**
 * One value for a whole range, of its buckets' values. An average is weighed by how much was said in each bucket, so that
 * it is the average of what was said.
 */
export function foldValues(
  aggregate: AggregateFunction,
  values: readonly (number | null)[],
  counts: readonly (number | null)[] = [],
): number | null {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, weight: counts[index] ?? 1 }]));
  if (known.length === 0) return aggregate === 'count' ? 0 : null;
  const sum = (of: (one: { value: number; weight: number }) => number) =>
    known.reduce((total, one) => total + of(one), 0);
  switch (aggregate) {
    case 'sum':
    case 'count':
      return sum(({ value }) => value);
    case 'max':
      return known.reduce((most, { value }) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    case 'min':
      return known.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY);
    case 'avg':
      return sum(({ value, weight }) => value * weight) / (sum(({ weight }) => weight) || 1);
    default:
      return aggregate satisfies never;
  }
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const BINS = 24;

/** How often values of which size were said. */
export function binsOf(values: readonly number[], bins = BINS): readonly Bin[] {
  if (values.length === 0) return [];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const width = (high - low || 1) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, index) => ({ from: low + index * width, to: low + (index + 1) * width, count }));
}

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: string;
}

/** How long each state lasted: from where it was said until another was, or until the end of what is shown. */
export function stretchesOf(times: readonly number[], values: readonly unknown[], endMs: number): readonly Stretch[] {
  const stretches: { fromMs: number; toMs: number; value: string }[] = [];
  times.forEach((fromMs, index) => {
    const value = values[index];
    if (value === null || value === undefined) return;
    const text = tileText(value, null);
    const last = stretches.at(-1);
    if (last !== undefined) last.toMs = fromMs;
    if (last?.value !== text) stretches.push({ fromMs, toMs: endMs, value: text });
  });
  const open = stretches.at(-1);
  if (open !== undefined) open.toMs = Math.max(open.fromMs, endMs);
  return stretches;
}
