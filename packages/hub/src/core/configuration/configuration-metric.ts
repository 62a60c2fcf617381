import { HubError } from '@viaduct/contracts';
import type { ConfigurationRecord, KeepsQueries } from '../ports.ts';
import { isGrouped, type Query } from '../query/expression.ts';
import { parseQuery } from '../query/parse-query.ts';

/**
 * A query whose rows are counted: what a custom metric is. Pure.
 *
 * @throws HubError configuration.metricInvalid, with the metric's name and the place
 */
export function requireMetricQuery(name: string, text: string): Query {
  const query = parsed(name, text);
  if (query.source === 'devices.jobs')
    throw invalid(name, 'it is counted over devices or devices.modules, not over jobs');
  if (isGrouped(query)) {
    throw invalid(name, 'its rows are counted, so that an aggregate would always count as one: SELECT deviceId FROM …');
  }
  return query;
}

/** How many rows a metric has. @throws HubError configuration.metricInvalid; and what the query store refuses */
export async function countMetric(hub: KeepsQueries, name: string, text: string): Promise<number> {
  const { source, where, top } = requireMetricQuery(name, text);
  if (source === 'devices.jobs') return 0;
  const count = await hub.queries.countIdentities({ source, where });
  return top === null ? count : Math.min(count, top);
}

/**
 * The hub's own metrics as queries, by name: for people and tools to see who is counted. Their conditions are those of the
 * configuration; of an Edge deployment there are two more, for what the agents report.
 */
export function systemMetricQueries(configuration: SystemMetricSubject): Readonly<Record<string, string>> {
  const { id, kind } = configuration;
  const condition = conditionOf(configuration);
  const isApplied = `configurations.[[${id}]].status = 'Applied'`;
  switch (kind) {
    case 'device':
    case 'module': {
      const rows =
        kind === 'device' ? 'select deviceId from devices' : 'select deviceId, moduleId from devices.modules';
      return {
        targetedCount: condition === '*' ? rows : `${rows} where ${condition}`,
        appliedCount: `${rows} where ${isApplied}`,
      };
    }
    case 'edge': {
      const devices = 'select deviceId from devices where';
      const agents = `select deviceId from devices.modules where moduleId = '$edgeAgent' and ${isApplied}`;
      const isCurrent = 'properties.desired.$version = properties.reported.lastDesiredVersion';
      const code = 'properties.reported.lastDesiredStatus.code';
      const isEdge = 'capabilities.iotEdge = true';
      return {
        targetedCount: `${devices} ${isEdge}${condition === '*' ? '' : ` and (${condition})`}`,
        appliedCount: `${devices} ${isApplied}`,
        reportedSuccessfulCount: `${agents} and ${isCurrent} and ${code} = 200`,
        reportedFailedCount: `${agents} and ${isCurrent} and ${code} != 200`,
      };
    }
  }
}

/** What stands behind WHERE; `*` for nothing. */
function conditionOf({ targetCondition }: SystemMetricSubject): string {
  const condition = targetCondition.trim();
  if (condition === '') return 'false';
  const [from] = /^from\s+[\w.]+\s*(?:where\s+|$)/i.exec(condition) ?? [''];
  return condition.slice(from.length) || '*';
}

type SystemMetricSubject = Pick<ConfigurationRecord, 'id' | 'kind' | 'targetCondition'>;

function parsed(name: string, text: string): Query {
  try {
    return parseQuery(text);
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown;
    throw invalid(name, thrown.message, thrown);
  }
}

function invalid(name: string, why: string, cause?: unknown): HubError {
  return new HubError('configuration.metricInvalid', `metric ${JSON.stringify(name)}: ${why}`, { cause });
}
