import type { QueryVocabulary } from '@viaduct/contracts';

/** System properties that messages have most often; what twins have is the fleet's to say. */
const MESSAGE_FIELDS = [
  '$body',
  '$connectionDeviceId',
  '$connectionModuleId',
  '$contentEncoding',
  '$contentType',
  '$correlationId',
  '$enqueuedTime',
  '$messageId',
  '$userId',
];
const KEYWORDS = ['AND', 'OR', 'NOT', 'IN', 'TRUE', 'FALSE', 'NULL'];

/** What may stand in the condition of a route: a message instead of a twin, which is below `$twin`. Pure. */
export function messageVocabulary(fleet: QueryVocabulary): QueryVocabulary {
  const paths = fleet.paths
    .filter(({ path }) => /^(?:tags|properties)\b/.test(path))
    .map(({ path, types }) => ({ path: `$twin.${path}`, types }));
  return { ...fleet, sources: [], aggregates: [], keywords: KEYWORDS, fields: MESSAGE_FIELDS, paths };
}
