import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { HubError } from '@viaduct/contracts';
import type { KeepsConfigurations, KeepsQueries, MetricResult, MetricResults } from '../ports.ts';
import type { ActiveConfiguration } from './active-configuration.ts';
import { countMetric, systemMetricQueries } from './configuration-metric.ts';

/** System metrics that are counted from the status rows, and not by a query. */
const FROM_STATUSES: ReadonlySet<string> = new Set(['targetedCount', 'appliedCount']);

/**
 * Counts the metrics of a configuration that are queries, one after another with a turn for everything else between two; saves what
 * is different.
 */
export async function measureConfiguration(
  hub: KeepsConfigurations & KeepsQueries,
  { record }: ActiveConfiguration,
): Promise<void> {
  if (record.isDeleted) return;
  const system = Object.entries(systemMetricQueries(record)).filter(([name]) => !FROM_STATUSES.has(name));
  const results: MetricResults = {
    system: await measure(hub, system),
    custom: await measure(hub, Object.entries(record.metricQueries)),
  };
  const before = (await hub.configurations.metricResults()).get(record.id) ?? { system: {}, custom: {} };
  if (!isDeepStrictEqual(results, before)) await hub.configurations.saveMetricResults(record.id, results);
}

async function measure(
  hub: KeepsQueries,
  queries: readonly (readonly [name: string, text: string])[],
): Promise<Readonly<Record<string, MetricResult>>> {
  const results = new Map<string, MetricResult>();
  for (const [name, text] of queries) {
    results.set(name, await measured(hub, name, text));
    await nextTurn();
  }
  return Object.fromEntries(results);
}

/** A query may be refused for reasons of the moment, or by what it meets: that is a result, and said in words. */
async function measured(hub: KeepsQueries, name: string, text: string): Promise<MetricResult> {
  try {
    return { count: await countMetric(hub, name, text), error: null };
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown;
    return { count: null, error: thrown.message };
  }
}
