import type { Throttle } from '@viaduct/hub';
import { counter, gauge, type MetricFamily } from './metrics.ts';

/** What throttling did; nothing at all where nothing is limited. */
export function throttleMetrics(throttle: Throttle | null): MetricFamily[] {
  if (throttle === null) return [];
  const { totals, quota } = throttle;
  const samples = (value: (totals: Throttle['totals'][number]) => number) =>
    totals.map((each) => ({ labels: { operation: each.operation, scope: each.scope }, value: value(each) }));
  return [
    counter(
      'viaduct_throttled_total',
      'Operations whose acknowledgement was held, by operation and by whose limit it was.',
      samples(({ heldCount }) => heldCount),
    ),
    counter(
      'viaduct_throttled_seconds_total',
      'For how long they were held.',
      samples(({ heldMs }) => heldMs / 1_000),
    ),
    counter(
      'viaduct_throttle_refused_total',
      'Operations that were refused, for they would have been held too long.',
      samples(({ refusedCount }) => refusedCount),
    ),
    ...(quota === null
      ? []
      : [
          gauge('viaduct_quota_used', 'Messages of this UTC day, in pieces of 4 KiB.', [{ value: quota.used }]),
          gauge('viaduct_quota_max', 'Messages that are accepted in a UTC day.', [{ value: quota.max }]),
        ]),
  ];
}
