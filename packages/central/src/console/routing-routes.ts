import {
  type EndpointInput,
  type Enrichment,
  type FallbackRoute,
  LIMITS,
  ROUTE_SOURCES,
  type Route,
  type RouteTestInput,
  type RoutingInput,
} from '@viaduct/contracts';
import {
  countMatches,
  type Hub,
  pauseEndpoint,
  putRouting,
  removeRouting,
  routingView,
  saveRouting,
  setFallbackRoute,
  testAllRoutes,
  testCondition,
} from '@viaduct/hub';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';

/** The version that the person sees; a change to any other is refused. */
interface OfVersion {
  Querystring: { etag?: string };
}
interface OfName extends OfVersion {
  Params: { name: string };
}

/** Where messages go: endpoints with how they are doing, routes, enrichments. Each change answers with the whole as it is then. */
export function routingRoutes(app: FastifyInstance, { hub, store }: ConsoleParts): void {
  const change = async (
    request: FastifyRequest,
    action: string,
    object: string | null,
    work: (etag: string | undefined) => Promise<unknown>,
  ) => {
    const { etag } = request.query as OfVersion['Querystring'];
    await audited(store, request, { action, object }, () => work(etag));
    return routingView(hub);
  };

  app.get('/routing', async () => routingView(hub));
  app.get('/routing/states', async () => hub.endpointWorkers.states);
  app.put<OfVersion & { Body: RoutingInput }>('/routing', { schema: { body: OBJECT } }, (request) =>
    change(request, 'routing.save', null, (etag) => saveRouting(hub, { ...request.body }, etag)),
  );
  app.put<OfVersion & { Body: FallbackRoute }>('/routing/fallback-route', { schema: { body: OBJECT } }, (request) =>
    change(request, 'routing.fallback', null, (etag) => setFallbackRoute(hub, request.body, etag)),
  );

  itemRoutes<EndpointInput>(app, hub, change, { collection: 'endpoints', key: 'name', word: 'endpoint' });
  itemRoutes<Route>(app, hub, change, { collection: 'routes', key: 'name', word: 'route' });
  itemRoutes<Enrichment>(app, hub, change, { collection: 'enrichments', key: 'key', word: 'enrichment' });

  for (const [word, isPaused] of [['pause', true] as const, ['resume', false] as const]) {
    app.post<OfName>(`/routing/endpoints/:name/${word}`, (request) => {
      const { name } = request.params;
      return change(request, `endpoint.${word}`, name, (etag) => pauseEndpoint(hub, name, isPaused, etag));
    });
  }
  app.get<OfName>('/routing/endpoints/:name/losses', ({ params }) => hub.endpointWorkers.losses(params.name));
  testRoutes(app, hub);
}

type Change = (
  request: FastifyRequest,
  action: string,
  object: string | null,
  work: (etag: string | undefined) => Promise<unknown>,
) => Promise<unknown>;

function itemRoutes<Item>(
  app: FastifyInstance,
  hub: Hub,
  change: Change,
  { collection, key, word }: { collection: 'endpoints' | 'routes' | 'enrichments'; key: string; word: string },
): void {
  app.put<OfName & { Body: Item }>(`/routing/${collection}/:name`, { schema: { body: OBJECT } }, (request) => {
    const { name } = request.params;
    const item = { ...(request.body as object), [key]: name };
    return change(request, `${word}.save`, name, (etag) => putRouting(hub, collection, item, etag));
  });
  app.delete<OfName>(`/routing/${collection}/:name`, (request) => {
    const { name } = request.params;
    return change(request, `${word}.remove`, name, (etag) => removeRouting(hub, collection, name, etag));
  });
}

/** Nothing is changed by these, so nothing is audited. */
function testRoutes(app: FastifyInstance, hub: Hub): void {
  app.post<{ Body: RouteTestInput }>('/routing/test', { schema: { body: TEST } }, async ({ body }) => {
    const { condition, source, message } = body;
    return testCondition(condition, source, message ?? EMPTY);
  });
  app.post<{ Body: RouteTestInput }>('/routing/test-all', { schema: { body: TEST } }, async ({ body }) => ({
    routes: testAllRoutes(hub, body.source, body.message ?? EMPTY).map(({ name }) => name),
  }));
  app.post<{ Body: RouteTestInput }>('/routing/count', { schema: { body: TEST } }, async ({ body }) =>
    countMatches(hub, body.condition, body.source, body.newest ?? NEWEST_BY_DEFAULT),
  );
}

const EMPTY = { body: '', appProperties: {}, systemProperties: {} };
const NEWEST_BY_DEFAULT = 1_000;

/** What is inside is read by the core, which says in words what is wrong with it. */
const OBJECT = { type: 'object' } as const;
const TEXTS = { type: 'object', additionalProperties: { type: 'string' } } as const;
const TEST = {
  type: 'object',
  required: ['source'],
  additionalProperties: false,
  properties: {
    condition: { type: 'string', maxLength: LIMITS.ROUTING_CONDITION_CHARACTERS_MAX, default: 'true' },
    source: { enum: ROUTE_SOURCES },
    newest: { type: 'integer', minimum: 1, maximum: LIMITS.ROUTE_TEST_RECORDS_MAX },
    message: {
      type: 'object',
      required: ['body'],
      properties: {
        body: { type: 'string', maxLength: LIMITS.TELEMETRY_BYTES_MAX },
        appProperties: { ...TEXTS, default: {} },
        systemProperties: { ...TEXTS, default: {} },
        twin: { type: 'object' },
      },
    },
  },
} as const;
