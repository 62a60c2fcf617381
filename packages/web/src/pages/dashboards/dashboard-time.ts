import type { DashboardTimeRange, TimeRange } from '@viaduct/contracts';
import { readRange } from '../../time-range/time-choice.ts';

/** The time that a dashboard is saved with: `now-PT1H` to `now`, or two moments. Pure. */
export function savedRange(range: DashboardTimeRange | undefined): TimeRange | null {
  if (range === undefined) return null;
  const [, duration] = /^now-(.+)$/.exec(range.from) ?? [];
  if (duration !== undefined && range.to === 'now') return readRange(duration) ?? null;
  return readRange(`${range.from}/${range.to}`) ?? null;
}

export function rangeToSave(range: TimeRange): DashboardTimeRange {
  return range.kind === 'last' ? { from: `now-${range.duration}`, to: 'now' } : { from: range.from, to: range.to };
}
