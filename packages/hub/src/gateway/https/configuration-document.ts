import { systemMetricQueries } from '../../core/configuration/configuration-metric.ts';
import type { ConfigurationCounts, ConfigurationRecord, JsonObject, MetricResults } from '../../core/ports.ts';
import { isoTime } from '../../core/record/append-happening.ts';

/** What is known of a configuration beside what its back end said. */
export interface ConfigurationFacts {
  readonly counts: ConfigurationCounts | undefined;
  readonly results: MetricResults | undefined;
}

/** A configuration as the REST API shows it. A metric has a result once it was counted. Pure. */
export function configurationDocument(
  record: ConfigurationRecord,
  { counts = { targeted: 0, applied: 0, failed: 0 }, results }: ConfigurationFacts,
): JsonObject {
  return {
    id: record.id,
    schemaVersion: record.schemaVersion,
    labels: record.labels,
    content: record.content,
    targetCondition: record.targetCondition,
    createdTimeUtc: isoTime(record.createdTime),
    lastUpdatedTimeUtc: isoTime(record.updatedTime),
    priority: record.priority,
    systemMetrics: {
      results: { targetedCount: counts.targeted, appliedCount: counts.applied, ...countsIn(results?.system) },
      queries: systemMetricQueries(record),
    },
    metrics: { results: countsIn(results?.custom), queries: record.metricQueries },
    etag: record.etag,
  };
}

function countsIn(results: MetricResults['custom'] = {}): JsonObject {
  const counted = Object.entries(results).filter(([, { count }]) => count !== null);
  return Object.fromEntries(counted.map(([name, { count }]) => [name, count]));
}
