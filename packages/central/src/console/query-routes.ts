import { type FleetQuery, type FleetQueryPage, LIMITS, type QueryVocabulary } from '@viaduct/contracts';
import { parseQuery, queryFleet, queryVocabulary } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import type { ConsoleParts } from './console-parts.ts';

/** Questions to the whole fleet. Reading only, so nothing is audited. */
export function queryRoutes(app: FastifyInstance, { hub }: ConsoleParts): void {
  app.post<{ Body: FleetQuery }>('/query', { schema: { body: QUERY } }, async ({ body }): Promise<FleetQueryPage> => {
    const { query, continuation, limit = LIMITS.QUERY_PAGE_DEFAULT } = body;
    const columns = (parseQuery(query).columns ?? []).map(({ name }) => name);
    return {
      columns,
      ...(await queryFleet(hub, query, { limit, ...(continuation !== undefined && { continuation }) })),
    };
  });

  app.get('/query/vocabulary', (): Promise<QueryVocabulary> => queryVocabulary(hub));
}

const QUERY = {
  type: 'object',
  required: ['query'],
  additionalProperties: false,
  properties: {
    // One more than a query may have: the refusal is the parser's, in words.
    query: { type: 'string', maxLength: LIMITS.QUERY_CHARACTERS_MAX + 1 },
    continuation: { type: 'string', maxLength: LIMITS.QUERY_CONTINUATION_CHARACTERS_MAX },
    limit: { type: 'integer', minimum: 1, maximum: LIMITS.QUERY_PAGE_MAX },
  },
} as const;
