import type { EndpointState } from '@viaduct/contracts';
import type { Hub } from '@viaduct/hub';
import { counter, gauge, type MetricFamily } from './metrics.ts';

/** How endpoints are doing. Endpoints are bounded, so their number of samples is. */
export function routingMetrics({
  endpointWorkers,
  builtInView,
}: Pick<Hub, 'endpointWorkers' | 'builtInView'>): MetricFamily[] {
  const { states } = endpointWorkers;
  const samples = (value: (state: EndpointState) => number) =>
    states.map((state) => ({ labels: { endpoint: state.name }, value: value(state) }));
  return [
    gauge(
      'viaduct_endpoint_health',
      '1 for how an endpoint is doing: unknown, healthy, degraded, unhealthy, dead or paused.',
      states.map(({ name, health }) => ({ labels: { endpoint: name, health }, value: 1 })),
    ),
    gauge(
      'viaduct_endpoint_lag_messages',
      'Records that wait for an endpoint; some may be for others.',
      samples((state) => state.lagMessages),
    ),
    gauge(
      'viaduct_endpoint_lag_seconds',
      'Age of the oldest record that waits for an endpoint.',
      samples((state) => state.lagSeconds),
    ),
    counter(
      'viaduct_endpoint_delivered_total',
      'Messages that an endpoint took since the start.',
      samples((state) => state.deliveredMessages),
    ),
    counter(
      'viaduct_endpoint_delivered_bytes_total',
      'Their bodies, bytes.',
      samples((state) => state.deliveredBytes),
    ),
    counter(
      'viaduct_endpoint_skipped_total',
      'Messages that an endpoint refused for ever, or that their enrichments made too large.',
      samples((state) => state.skippedMessages),
    ),
    counter(
      'viaduct_endpoint_lost_total',
      'Records that retention removed before an endpoint took them.',
      samples((state) => state.lostMessages),
    ),
    counter(
      'viaduct_built_in_dropped_total',
      'Events of the built-in endpoint that their enrichments made too large.',
      [{ value: builtInView.droppedMessages }],
    ),
  ];
}
