import { LIMITS, type NewExploration } from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import {
  changeExploration,
  getExploration,
  listExplorations,
  removeExploration,
  saveExploration,
} from '../exploration/explorations.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { requireSignedIn } from './console-request.ts';
import { RANGE, SOURCE } from './history-routes.ts';

interface OfExploration {
  Params: { id: string };
}

/** What the explorer showed, under a name. */
export function explorationRoutes(app: FastifyInstance, { store, hub }: ConsoleParts): void {
  app.get('/explorations', (request) => listExplorations(store, requireSignedIn(request).userName));

  app.get<OfExploration>('/explorations/:id', (request) =>
    getExploration(store, requireSignedIn(request).userName, request.params.id),
  );

  app.post<{ Body: NewExploration }>('/explorations', { schema: { body: BODY } }, (request, reply) => {
    const { userName } = requireSignedIn(request);
    reply.code(201);
    return audited(store, request, { action: 'exploration.create', object: request.body.name }, () =>
      saveExploration(store, hub.random, userName, request.body),
    );
  });

  app.put<OfExploration & { Body: NewExploration }>('/explorations/:id', { schema: { body: BODY } }, (request) => {
    const { userName } = requireSignedIn(request);
    return audited(store, request, { action: 'exploration.change', object: request.body.name }, () =>
      changeExploration(store, userName, request.params.id, request.body),
    );
  });

  app.delete<OfExploration>('/explorations/:id', async (request, reply) => {
    const { userName } = requireSignedIn(request);
    const { id } = request.params;
    await audited(store, request, { action: 'exploration.remove', object: id }, () =>
      removeExploration(store, userName, id),
    );
    return reply.code(204).send();
  });
}

const TEXT = { type: 'string', maxLength: LIMITS.SERIES_NAME_CHARACTERS_MAX } as const;
const VIEW = {
  type: 'object',
  required: ['source', 'lines', 'range', 'axes'],
  additionalProperties: false,
  properties: {
    source: SOURCE,
    lines: {
      type: 'array',
      maxItems: LIMITS.EXPLORATION_LINES_MAX,
      items: {
        type: 'object',
        required: ['path', 'aggregate'],
        additionalProperties: false,
        properties: { path: { ...TEXT, minLength: 1 }, aggregate: TEXT },
      },
    },
    splitBy: {
      oneOf: [{ const: 'device' }, { type: 'object', required: ['property'], properties: { property: TEXT } }],
    },
    range: RANGE,
    resolution: TEXT,
    axes: { enum: ['shared', 'overlap', 'lanes', 'stacked'] },
    markers: {
      type: 'array',
      maxItems: LIMITS.EXPLORATION_MARKERS_MAX,
      items: {
        type: 'object',
        required: ['at', 'label'],
        additionalProperties: false,
        properties: { at: TEXT, label: TEXT },
      },
    },
    query: { type: 'string', maxLength: LIMITS.CENTRAL_QUERY_CHARACTERS_MAX },
  },
} as const;
const BODY = {
  type: 'object',
  required: ['name', 'isShared', 'view'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: LIMITS.SAVED_QUERY_NAME_CHARACTERS_MAX },
    isShared: { type: 'boolean' },
    view: VIEW,
  },
} as const;
