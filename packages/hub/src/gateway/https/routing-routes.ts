import { HubError, LIMITS, type Route } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../core/hub.ts';
import type { JsonObject } from '../../core/ports.ts';
import {
  endpointView,
  pauseEndpoint,
  putRouting,
  removeRouting,
  routingView,
  saveRouting,
  setFallbackRoute,
} from '../../core/routing/manage-routing.ts';
import { storageAccess } from '../../core/routing/storage-access.ts';
import {
  countMatches,
  readSampleMessage,
  readSource,
  testAllRoutes,
  testCondition,
} from '../../core/routing/test-route.ts';
import { authorize, ifMatchIn, jsonObjectIn, setEtag } from './read-request.ts';

const COLLECTIONS = { endpoints: 'name', routes: 'name', enrichments: 'key' } as const;

/**
 * Where messages go. The whole has one etag; `If-Match` refuses who read before somebody else saved. Secrets are never answered.
 *
 *     GET, PUT           /routing                                    all of it; PUT replaces all of it, or nothing
 *     GET                /routing/{endpoints|routes|enrichments}
 *     GET, PUT, DELETE   /routing/{endpoints|routes|enrichments}/{name}
 *     GET, PUT           /routing/fallbackRoute
 *     POST               /routing/endpoints/{name}/pause, …/resume
 *     POST               /routing/storageAccess                      the address of storage endpoints' files, with a permission
 *     GET                /routing/endpoints/{name}/losses            what it refused, and what retention removed before it took it
 *     POST               /routing/routes/test, …/$testnew            a condition on a sample, or on the newest records
 *     POST               /routing/routes/$testall                    all routes on a sample
 *
 * Reading and trying conditions need RegistryRead, everything else RegistryWrite. Source of the shapes of routes, fallback, enrichments and tests: Azure IoT
 * Hub resource provider, "routing" and operations TestRoute, TestAllRoutes. The rest is ours; docs/protocol/rest.md
 */
export function routingRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/routing', async (request, reply) => {
    await authorize(hub, request, 'RegistryRead');
    return answer(hub, reply);
  });
  app.put('/routing', async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    await saveRouting(hub, jsonObjectIn(request), ifMatchIn(request));
    return answer(hub, reply);
  });
  app.get('/routing/fallbackroute', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    return fallbackDocument(hub);
  });
  app.put('/routing/fallbackroute', async (request) => {
    await authorize(hub, request, 'RegistryWrite');
    await setFallbackRoute(hub, jsonObjectIn(request), ifMatchIn(request));
    return fallbackDocument(hub);
  });
  app.post('/routing/storageaccess', async (request) => {
    await authorize(hub, request, 'RegistryWrite');
    const { expiryTime, containerName, sasToken } = storageAccess(hub, jsonObjectIn(request).hours);
    const url = `https://${request.host}/${containerName}${sasToken}`;
    return { url, containerName, sasToken, expiryTime };
  });
  endpointActions(app, hub);
  tests(app, hub);
  for (const collection of ['endpoints', 'routes', 'enrichments'] as const) items(app, hub, collection);
}

function items(app: FastifyInstance, hub: Hub, collection: keyof typeof COLLECTIONS): void {
  const path = `/routing/${collection}`;
  const key = COLLECTIONS[collection];
  app.get(path, async (request) => {
    await authorize(hub, request, 'RegistryRead');
    return { value: routingView(hub)[collection] };
  });
  app.get(`${path}/:name`, async (request) => {
    await authorize(hub, request, 'RegistryRead');
    return found(hub, collection, nameIn(request));
  });
  app.put(`${path}/:name`, async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    const name = nameIn(request);
    const saved = await putRouting(hub, collection, { ...jsonObjectIn(request), [key]: name }, ifMatchIn(request));
    setEtag(reply, saved.etag);
    return found(hub, collection, name);
  });
  app.delete(`${path}/:name`, async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    const saved = await removeRouting(hub, collection, nameIn(request), ifMatchIn(request));
    setEtag(reply, saved.etag);
    return reply.code(204).send();
  });
}

function endpointActions(app: FastifyInstance, hub: Hub): void {
  for (const [word, isPaused] of [['pause', true] as const, ['resume', false] as const]) {
    app.post(`/routing/endpoints/:name/${word}`, async (request) => {
      await authorize(hub, request, 'RegistryWrite');
      await pauseEndpoint(hub, nameIn(request), isPaused, ifMatchIn(request));
      return endpointView(hub, nameIn(request));
    });
  }
  app.get('/routing/endpoints/:name/losses', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    return { value: await hub.endpointWorkers.losses(nameIn(request)) };
  });
}

function tests(app: FastifyInstance, hub: Hub): void {
  for (const word of ['test', '$testnew']) {
    app.post(`/routing/routes/${word}`, async (request) => {
      await authorize(hub, request, 'RegistryRead');
      return testRoute(hub, jsonObjectIn(request));
    });
  }
  app.post('/routing/routes/$testall', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    const json = jsonObjectIn(request);
    const taken = testAllRoutes(hub, readSource(json.routingSource ?? 'DeviceMessages'), readSampleMessage(json));
    return { routes: taken.map((properties) => ({ properties })) };
  });
}

/** `newest`: how many of the newest records to try it on, instead of a message. */
async function testRoute(hub: Hub, json: JsonObject): Promise<JsonObject> {
  const { source = 'DeviceMessages', condition = 'true' } = (json.route ?? {}) as Partial<Route>;
  if (typeof condition !== 'string') throw new HubError('routing.invalid', 'route.condition is text');
  if (json.newest !== undefined) return { ...(await countMatches(hub, condition, readSource(source), newestIn(json))) };
  const tested = testCondition(condition, readSource(source), readSampleMessage(json));
  if (tested.result !== 'invalid') return { result: tested.result, details: { compilationErrors: [] } };
  const { message, location } = tested;
  return { result: 'false', details: { compilationErrors: [{ message, severity: 'error', location }] } };
}

function newestIn({ newest }: JsonObject): number {
  const max = LIMITS.ROUTE_TEST_RECORDS_MAX;
  if (Number.isInteger(newest) && (newest as number) >= 1 && (newest as number) <= max) return newest as number;
  throw new HubError('routing.invalid', `newest is a whole number from 1 to ${max}`);
}

function answer(hub: Hub, reply: FastifyReply) {
  const view = routingView(hub);
  setEtag(reply, view.etag);
  return view;
}

function found(hub: Hub, collection: keyof typeof COLLECTIONS, name: string) {
  const items: readonly ({ readonly name: string } | { readonly key: string })[] = routingView(hub)[collection];
  const item = items.find((each) => ('name' in each ? each.name : each.key).toLowerCase() === name.toLowerCase());
  if (item !== undefined) return item;
  throw new HubError('routing.notFound', `among the ${collection} there is no "${name}"`);
}

/** In Azure's shape: a route like others, but for what cannot be changed. */
function fallbackDocument({ routing }: Hub): JsonObject {
  const { isEnabled } = routing.current.fallbackRoute;
  return { name: '$fallback', source: 'DeviceMessages', condition: 'true', endpointNames: ['events'], isEnabled };
}

function nameIn(request: FastifyRequest): string {
  return (request.params as { name: string }).name;
}
