import { LIMITS, type NewSavedQuery } from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import { changeSavedQuery, listSavedQueries, removeSavedQuery, saveQuery } from '../query/saved-queries.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { requireSignedIn } from './console-request.ts';

interface OfSavedQuery {
  Params: { id: number };
}

/** Queries under a name: one's own, and those that all share. */
export function savedQueryRoutes(app: FastifyInstance, { store }: ConsoleParts): void {
  app.get('/saved-queries', (request) => listSavedQueries(store, requireSignedIn(request).userName));

  app.post<{ Body: NewSavedQuery }>('/saved-queries', { schema: { body: BODY } }, (request, reply) => {
    const { userName } = requireSignedIn(request);
    reply.code(201);
    return audited(store, request, { action: 'savedQuery.create', object: request.body.name }, () =>
      saveQuery(store, userName, request.body),
    );
  });

  app.put<OfSavedQuery & { Body: NewSavedQuery }>(
    '/saved-queries/:id',
    { schema: { params: PARAMS, body: BODY } },
    (request) => {
      const { userName } = requireSignedIn(request);
      return audited(store, request, { action: 'savedQuery.change', object: request.body.name }, () =>
        changeSavedQuery(store, userName, request.params.id, request.body),
      );
    },
  );

  app.delete<OfSavedQuery>('/saved-queries/:id', { schema: { params: PARAMS } }, async (request, reply) => {
    const { userName } = requireSignedIn(request);
    const { id } = request.params;
    await audited(store, request, { action: 'savedQuery.remove', object: String(id) }, () =>
      removeSavedQuery(store, userName, id),
    );
    return reply.code(204).send();
  });
}

const PARAMS = { type: 'object', properties: { id: { type: 'integer', minimum: 1 } } } as const;
const BODY = {
  type: 'object',
  required: ['name', 'query', 'isShared'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: LIMITS.SAVED_QUERY_NAME_CHARACTERS_MAX },
    query: { type: 'string', minLength: 1, maxLength: LIMITS.QUERY_CHARACTERS_MAX },
    isShared: { type: 'boolean' },
  },
} as const;
