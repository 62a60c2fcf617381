import type { ConfigurationDetail, ConfigurationMetric, ConfigurationRow } from '@viaduct/contracts';
import {
  type ConfigurationCounts,
  type ConfigurationRecord,
  type Hub,
  type MetricResult,
  systemMetricQueries,
} from '@viaduct/hub';

export async function configurationRows(
  hub: Hub,
  records: readonly ConfigurationRecord[],
): Promise<ConfigurationRow[]> {
  const counts = await hub.configurationStates.counts();
  return records.map((record) => row(hub, record, counts.get(record.id)));
}

export async function configurationDetail(hub: Hub, record: ConfigurationRecord): Promise<ConfigurationDetail> {
  const [counts, results] = await Promise.all([
    hub.configurationStates.counts(record.id),
    hub.configurations.metricResults(),
  ]);
  const shown = row(hub, record, counts.get(record.id));
  const { system = {}, custom = {} } = results.get(record.id) ?? {};
  const counted = {
    ...system,
    targetedCount: { count: shown.targetedCount, error: null },
    appliedCount: { count: shown.appliedCount, error: null },
  };
  return {
    ...shown,
    content: record.content,
    systemMetrics: metrics(systemMetricQueries(record), counted),
    customMetrics: metrics(record.metricQueries, custom),
  };
}

function row(
  hub: Hub,
  record: ConfigurationRecord,
  { targeted, applied, failed }: ConfigurationCounts = { targeted: 0, applied: 0, failed: 0 },
): ConfigurationRow {
  const { id, kind, targetCondition, priority, labels, createdTime, updatedTime, etag } = record;
  const isSettled = record.revision === record.settledRevision;
  return {
    ...{ id, kind, targetCondition, priority, labels, createdTime, updatedTime, etag },
    targetedCount: targeted,
    appliedCount: applied,
    failedCount: failed,
    progress: isSettled ? null : { seenCount: hub.configurationWork.seen.get(id) ?? 0 },
  };
}

function metrics(
  queries: Readonly<Record<string, string>>,
  results: Readonly<Record<string, MetricResult>>,
): ConfigurationMetric[] {
  return Object.entries(queries).map(([name, query]) => {
    const { count = null, error = null } = Object.hasOwn(results, name) ? (results[name] ?? {}) : {};
    return { name, query, count, error };
  });
}
