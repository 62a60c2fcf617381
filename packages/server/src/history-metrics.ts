import type { Central } from '@viaduct/central';
import { counter, gauge, type MetricFamily } from './metrics.ts';

const STATES = ['off', 'opening', 'running', 'diskFull', 'failed'] as const;

/** How far the history is behind the log, what it holds, and what could not be kept. */
export function historyMetrics({ history }: Pick<Central, 'history'>): MetricFamily[] {
  const stats = history.stats();
  return [
    gauge(
      'viaduct_history_state',
      '1 for the state that the history is in; diskFull stops writing until there is room.',
      STATES.map((state) => ({ labels: { state }, value: state === stats.state ? 1 : 0 })),
    ),
    gauge(
      'viaduct_history_behind_records',
      'Records of the log that the history does not have yet, by partition.',
      stats.behind.map((value, partition) => ({ labels: { partition: String(partition) }, value })),
    ),
    gauge('viaduct_history_lag_seconds', 'Age of the oldest record on its way into the history.', [
      { value: stats.lagMs / 1_000 },
    ]),
    counter('viaduct_history_missed_total', 'Records that the log let go of before the history had read them.', [
      { value: stats.missed },
    ]),
    counter('viaduct_history_points_written_total', 'Points written since the start.', [
      { value: stats.pointsWritten },
    ]),
    counter(
      'viaduct_history_dropped_total',
      'Values and messages since the start that are kept in the log and not as points, by reason.',
      Object.entries(stats.dropped).map(([reason, value]) => ({ labels: { reason }, value })),
    ),
    gauge('viaduct_history_points', 'Points in the history.', [{ value: stats.points }]),
    gauge('viaduct_history_series', 'Things that are measured, of all devices.', [{ value: stats.series }]),
    gauge('viaduct_history_bytes', 'Bytes of the history that are in use.', [{ value: stats.bytes }]),
    gauge('viaduct_history_parts', 'Parts that the points lie in.', [{ value: stats.parts }]),
    counter('viaduct_history_points_removed_total', 'Points that retention removed since the start.', [
      { value: stats.pointsRemoved },
    ]),
    gauge('viaduct_history_retention_timestamp_seconds', 'When retention last removed something; 0 for never.', [
      { value: stats.lastRetentionTime / 1_000 },
    ]),
    counter('viaduct_history_queries_total', 'Queries of the history since the start.', [
      { labels: { outcome: 'answered' }, value: stats.queriesAnswered },
      { labels: { outcome: 'unanswered' }, value: stats.queriesUnanswered },
    ]),
    gauge('viaduct_history_queries_running', 'Queries of the history that run now.', [{ value: stats.queriesRunning }]),
    gauge('viaduct_history_queries_waiting', 'Queries of the history that wait for their turn.', [
      { value: stats.queriesWaiting },
    ]),
  ];
}
