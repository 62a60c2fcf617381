import type { KeepsQueries } from '@viaduct/hub';
import { counter, gauge, type MetricFamily } from './metrics.ts';

/** What fleet queries cost, and which indexes the hub made for them: at most LIMITS.QUERY_INDEXES_MAX. */
export function queryMetrics({ queries }: KeepsQueries): MetricFamily[] {
  const { answered, unanswered, seconds, running, waiting, indexes } = queries.stats;
  return [
    counter('viaduct_queries_total', 'Queries since the start, those of jobs and configurations included.', [
      { labels: { outcome: 'answered' }, value: answered },
      { labels: { outcome: 'unanswered' }, value: unanswered },
    ]),
    counter('viaduct_query_seconds_total', 'How long answered queries ran, without waiting.', [{ value: seconds }]),
    gauge('viaduct_queries_running', 'Queries that run now.', [{ value: running }]),
    gauge('viaduct_queries_waiting', 'Queries that wait for their turn.', [{ value: waiting }]),
    gauge(
      'viaduct_query_index',
      'Paths of twins that have an index, or are getting one.',
      indexes.map((index) => ({ labels: { ...index }, value: 1 })),
    ),
  ];
}
