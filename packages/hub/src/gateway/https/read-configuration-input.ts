import { HubError } from '@viaduct/contracts';
import type { ConfigurationInput } from '../../core/configuration/configuration-input.ts';
import type { JsonObject } from '../../core/ports.ts';
import { objectAt, textAt } from '../../core/registry/read-device-input.ts';

/** Those that only the hub writes are read over: back ends send documents back as they got them. */
const MEMBERS: ReadonlySet<string> = new Set([
  'id',
  'schemaVersion',
  'labels',
  'content',
  'contentType',
  'targetCondition',
  'createdTimeUtc',
  'lastUpdatedTimeUtc',
  'priority',
  'systemMetrics',
  'metrics',
  'etag',
]);

/**
 * What a configuration's document asks for. Pure. A member that does not exist is refused: `targetCondtion` would otherwise make
 * a configuration for nobody, and say nothing.
 *
 * @throws HubError argument.invalid
 */
export function readConfigurationInput(json: JsonObject, id: string): ConfigurationInput {
  refuseStrangers(json, MEMBERS, 'a configuration');
  const named = textAt(json, 'id');
  if (named !== undefined && named !== id) throw invalid('id in the body is not the one of the path');
  const content = objectAt(json, 'content');
  const schemaVersion = textAt(json, 'schemaVersion');
  const labels = textsIn(json, 'labels');
  const targetCondition = textAt(json, 'targetCondition');
  const { priority } = json;
  if (priority !== undefined && priority !== null && typeof priority !== 'number')
    throw invalid('priority is a number');
  const metricQueries = textsIn(objectAt(json, 'metrics') ?? {}, 'queries');
  return {
    ...(content && { content }),
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
    ...(labels && { labels }),
    ...(targetCondition === undefined ? {} : { targetCondition }),
    ...(typeof priority === 'number' ? { priority } : {}),
    ...(metricQueries && { metricQueries }),
  };
}

/** What is to be tested: a condition and queries by name. @throws HubError argument.invalid */
export function readTestQueries(json: JsonObject): {
  targetCondition: string;
  queries: Readonly<Record<string, string>>;
} {
  refuseStrangers(json, new Set(['targetCondition', 'customMetricQueries']), 'a test of queries');
  return {
    targetCondition: textAt(json, 'targetCondition') ?? '',
    queries: textsIn(json, 'customMetricQueries') ?? {},
  };
}

function refuseStrangers(json: JsonObject, members: ReadonlySet<string>, what: string): void {
  const stranger = Object.keys(json).find((name) => !members.has(name));
  if (stranger !== undefined) throw invalid(`${what} has no member ${JSON.stringify(stranger.slice(0, 80))}`);
}

function textsIn(json: JsonObject, name: string): Readonly<Record<string, string>> | undefined {
  const texts = objectAt(json, name);
  if (texts === undefined) return undefined;
  for (const value of Object.values(texts)) {
    if (typeof value !== 'string') throw invalid(`${name} is an object of texts`);
  }
  return texts as Readonly<Record<string, string>>;
}

function invalid(why: string): HubError {
  return new HubError('argument.invalid', why);
}
