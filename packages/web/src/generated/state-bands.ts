import type { ModelSchema } from '@viaduct/contracts';
import type { TrailPoint } from '../live/value-trail.ts';

/** A stretch of time in which a value was the same. `from` and `to` are fractions of the window, 0 to 1. */
export interface StateBand {
  readonly value: string;
  readonly from: number;
  readonly to: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface StateShare {
  readonly value: string;
  /** Of the time in which it is known. */
  readonly share: number;
}

/** A value holds until the next, but no longer than so many usual intervals. */
const HOLD_INTERVALS = 5;
const HOLD_MS_MIN = 10_000;

/** Values over time as bands of a window: alike neighbours are one band, and silence is none. Pure. */
export function stateBands(
  points: readonly TrailPoint[],
  window: { readonly fromMs: number; readonly toMs: number },
  nameOf: (value: unknown) => string,
): StateBand[] {
  const { fromMs, toMs } = window;
  const holdMs = holdOf(points);
  const bands: { value: string; fromMs: number; toMs: number }[] = [];
  points.forEach(({ atMs, value }, index) => {
    const end = Math.min(points[index + 1]?.atMs ?? toMs, atMs + holdMs, toMs);
    const begin = Math.max(atMs, fromMs);
    if (end <= fromMs || begin >= toMs) return;
    const name = nameOf(value);
    const last = bands.at(-1);
    if (last?.value === name && last.toMs >= begin) last.toMs = end;
    else bands.push({ value: name, fromMs: begin, toMs: end });
  });
  const place = (ms: number) => (ms - fromMs) / (toMs - fromMs);
  return bands.map((band) => ({ ...band, from: place(band.fromMs), to: place(band.toMs) }));
}

/** How much of the known time each value had, the most first. */
export function stateShares(bands: readonly StateBand[]): StateShare[] {
  const sums = new Map<string, number>();
  for (const { value, from, to } of bands) sums.set(value, (sums.get(value) ?? 0) + to - from);
  const whole = [...sums.values()].reduce((sum, part) => sum + part, 0) || 1;
  return [...sums].map(([value, sum]) => ({ value, share: sum / whole })).sort((a, b) => b.share - a.share);
}

/** What a value is called: by the model where that names it, a switch as on and off. */
export function stateName(schema: ModelSchema, value: unknown): string {
  if (schema.kind === 'enum') {
    const known = schema.values.find((candidate) => candidate.value === value);
    if (known !== undefined) return known.displayName || known.name;
  }
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** By the middle one of all intervals: a long silence does not make silence usual. */
function holdOf(points: readonly TrailPoint[]): number {
  const steps = points.slice(1).map(({ atMs }, index) => atMs - (points[index]?.atMs ?? 0));
  const usual = steps.sort((a, b) => a - b)[steps.length >> 1] ?? Number.POSITIVE_INFINITY;
  return Math.max(HOLD_MS_MIN, usual * HOLD_INTERVALS);
}
