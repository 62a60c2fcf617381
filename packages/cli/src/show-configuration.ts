import type { Configuration } from './configurations.ts';
import { facts, table } from './output.ts';

export function configurationFacts(configuration: Configuration): string {
  const { labels, systemMetrics, metrics } = configuration;
  const pairs = (results: Readonly<Record<string, number>>) =>
    Object.entries(results).map(([name, count]) => [name, String(count)] as const);
  return facts([
    ['id', configuration.id],
    ['content', Object.keys(configuration.content).join(', ')],
    ['targets', targetText(configuration)],
    ['priority', String(configuration.priority)],
    ['labels', Object.keys(labels).length === 0 ? undefined : labelText(labels)],
    ['created', configuration.createdTimeUtc],
    ['updated', configuration.lastUpdatedTimeUtc],
    ...pairs(systemMetrics.results),
    ...pairs(metrics.results),
  ]);
}

export function configurationTable(configurations: readonly Configuration[]): string {
  if (configurations.length === 0) {
    return 'No configurations yet. `viaduct configuration add ID FILE --target-condition "tags.env=\'prod\'"` makes one.\n';
  }
  const rows = configurations.map((configuration) => [
    configuration.id,
    String(configuration.priority),
    String(configuration.systemMetrics.results.targetedCount ?? 0),
    String(configuration.systemMetrics.results.appliedCount ?? 0),
    targetText(configuration),
  ]);
  return table(['ID', 'PRIORITY', 'TARGETED', 'APPLIED', 'TARGETS'], rows);
}

function targetText({ targetCondition }: Configuration): string {
  if (targetCondition === '') return 'nobody';
  return targetCondition === '*' ? 'all devices' : targetCondition;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}
