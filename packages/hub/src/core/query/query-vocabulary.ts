import { LIMITS, type QueryPath, type QueryVocabulary } from '@viaduct/contracts';
import type { KeepsQueries } from '../ports.ts';
import { isJsonObject } from '../twin/validate-section.ts';
import { AGGREGATES, FUNCTIONS } from './expression.ts';
import { parseQuery } from './parse-query.ts';
import { KEYWORDS } from './query-tokens.ts';
import { TWIN_FIELDS } from './twin-fields.ts';
import { writePath } from './write-expression.ts';

/** What an editor of queries completes: the language, and the paths that the first twins have. */
export async function queryVocabulary(hub: KeepsQueries): Promise<QueryVocabulary> {
  return {
    sources: ['devices', 'devices.modules', 'devices.jobs'],
    keywords: KEYWORDS,
    functions: Object.entries(FUNCTIONS).map(([name, [argumentsMin, argumentsMax]]) => ({
      name,
      argumentsMin,
      argumentsMax,
    })),
    aggregates: AGGREGATES,
    fields: [...TWIN_FIELDS, 'properties.desired', 'properties.reported', 'capabilities.iotEdge'],
    paths: await knownPaths(hub),
  };
}

const SAMPLE = parseQuery('SELECT tags, properties FROM devices');

async function knownPaths(hub: KeepsQueries): Promise<QueryPath[]> {
  const { items } = await hub.queries.query(SAMPLE, { limit: LIMITS.QUERY_SAMPLE_TWINS });
  const found = new Map<string, Set<QueryPath['types'][number]>>();
  for (const { tags, properties } of items) {
    const { desired, reported } = properties as { desired: unknown; reported: unknown };
    collect(found, ['tags'], tags);
    collect(found, ['properties', 'desired'], desired);
    collect(found, ['properties', 'reported'], reported);
  }
  return [...found].map(([path, types]) => ({ path, types: [...types] })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Members of objects, as deep as they go; what arrays hold has no name. */
function collect(found: Map<string, Set<QueryPath['types'][number]>>, steps: readonly string[], value: unknown): void {
  if (!isJsonObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === '$metadata' || name === '$version') continue;
    const path = [...steps, name];
    const text = writePath({ steps: path });
    if (!found.has(text) && found.size >= LIMITS.QUERY_PATHS_KNOWN_MAX) return;
    found.set(text, (found.get(text) ?? new Set()).add(typeOf(member)));
    collect(found, path, member);
  }
}

function typeOf(value: unknown): QueryPath['types'][number] {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : (typeof value as 'string' | 'number' | 'boolean' | 'object');
}
