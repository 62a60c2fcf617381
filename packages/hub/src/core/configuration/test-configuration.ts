import {
  type ConfigurationKind,
  type ConfigurationTrial,
  type ConfigurationTrialRequest,
  HubError,
} from '@viaduct/contracts';
import type { JsonObject, KeepsQueries } from '../ports.ts';
import type { Selection, TextSpan } from '../query/expression.ts';
import { QueryRefusal } from '../query/query-refusal.ts';
import { isJsonObject } from '../twin/validate-section.ts';
import { readContent } from './configuration-content.ts';
import { requireMetricQuery } from './configuration-metric.ts';
import { readTarget } from './target-condition.ts';

/** What is wrong with texts, in words; null and absent for what is well. */
export interface TestedQueries {
  readonly targetConditionError: string | null;
  readonly metricErrors: Readonly<Record<string, string>>;
}

/** Reads a condition, of whichever kind it is, and metric queries. Pure. */
export function testQueries(condition: string, metrics: Readonly<Record<string, string>>): TestedQueries {
  const kind: ConfigurationKind = /^\s*from\s/i.test(condition) ? 'module' : 'device';
  const metricErrors = Object.entries(metrics).flatMap(([name, query]) => {
    const error = refusalOf(() => requireMetricQuery(name, query));
    return error === null ? [] : [[name, error] as const];
  });
  return {
    targetConditionError: refusalOf(() => readTarget(kind, condition)),
    metricErrors: Object.fromEntries(metricErrors),
  };
}

/** How many of those whom it would reach are named. */
const NAMED_MAX = 20;

/** What a configuration would do, without making it. @throws what the query store refuses (retry) */
export async function tryConfiguration(
  hub: KeepsQueries,
  { content, targetCondition, metrics = {} }: ConfigurationTrialRequest,
): Promise<ConfigurationTrial> {
  let kind: ConfigurationKind | null = null;
  const contentError = refusalOf(() => {
    kind = readContent(requireObject(content)).kind;
  });
  const { metricErrors } = testQueries('', metrics);
  let target: Selection | null = null;
  const refusal = refusedBy(() => {
    target = readTarget(kind ?? (/^\s*from\s/i.test(targetCondition) ? 'module' : 'device'), targetCondition);
  });
  const conditionError = refusal?.message ?? null;
  const told = { kind, contentError, conditionError, conditionErrorAt: placeOf(refusal), metricErrors };
  if (contentError !== null || conditionError !== null) return { ...told, targetedCount: null, first: [] };
  if (target === null) return { ...told, targetedCount: 0, first: [] };
  return {
    ...told,
    targetedCount: await hub.queries.countIdentities(target),
    first: await hub.queries.selectIdentities(target, { limit: NAMED_MAX }),
  };
}

function requireObject(content: unknown): JsonObject {
  if (isJsonObject(content)) return content;
  throw new HubError('configuration.contentInvalid', 'content is a JSON object');
}

function refusalOf(check: () => unknown): string | null {
  return refusedBy(check)?.message ?? null;
}

function refusedBy(check: () => unknown): HubError | null {
  try {
    check();
    return null;
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown;
    return thrown;
  }
}

/** Where the text is wrong, as far as the parser said so. */
function placeOf(refusal: HubError | null): TextSpan | null {
  const parser = refusal instanceof QueryRefusal ? refusal : refusal?.cause;
  return parser instanceof QueryRefusal ? parser.at : null;
}
