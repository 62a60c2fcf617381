import {
  type EndpointInput,
  type EndpointView,
  HubError,
  type RoutingInput,
  type RoutingView,
} from '@viaduct/contracts';
import type { DeliversToEndpoints } from '../hub.ts';
import type { JsonObject, RoutingRecord } from '../ports.ts';
import type { RoutesRecords } from './built-in-view.ts';
import type { EndpointConfiguration } from './endpoint.ts';
import { readEndpoint, readEnrichment, readFallbackRoute, readRoute, readRouting } from './read-routing.ts';
import { hideSecrets } from './secret-fields.ts';

type ManagesRouting = RoutesRecords & DeliversToEndpoints;
type Collection = 'endpoints' | 'routes' | 'enrichments';

/** All of routing, with how its endpoints are doing, and without secrets. */
export function routingView(hub: ManagesRouting): RoutingView {
  const { current, adapters, limits } = hub.routing;
  const states = new Map(hub.endpointWorkers.states.map((state) => [state.name, state]));
  return {
    etag: current.etag,
    version: current.version,
    savedTime: current.savedTime,
    endpoints: current.endpoints.flatMap((endpoint): EndpointView[] => {
      const { name, kind, configuration, isPaused, createdTime } = endpoint;
      const [adapter, state] = [adapters.adapter(kind), states.get(name)];
      if (state === undefined) return [];
      const address = adapter.address(configuration as unknown as EndpointConfiguration);
      const shown = hideSecrets(configuration, adapter.secretFields);
      return [{ name, kind, configuration: shown, isPaused, createdTime, address, state }];
    }),
    routes: current.routes,
    enrichments: current.enrichments,
    fallbackRoute: current.fallbackRoute,
    kinds: adapters.kinds,
    limits,
  };
}

/** @throws HubError routing.notFound */
export function endpointView(hub: ManagesRouting, name: string): EndpointView {
  return found(routingView(hub).endpoints, name, 'endpoint');
}

/**
 * Saves all of routing at once; what is left out of the JSON is removed. Resolves when it is in force.
 *
 * @throws HubError routing.invalid, routing.tooMany, etag.mismatch, store.unavailable (retry); nothing is saved then
 */
export function saveRouting(hub: RoutesRecords, json: JsonObject, ifMatch?: string): Promise<RoutingRecord> {
  return hub.routing.change(ifMatch, () => readRouting(json));
}

/** Adds or replaces one endpoint, route or enrichment. @throws HubError as `saveRouting` */
export async function putRouting(
  hub: RoutesRecords,
  collection: Collection,
  json: unknown,
  ifMatch?: string,
): Promise<RoutingRecord> {
  switch (collection) {
    case 'endpoints':
      return hub.routing.change(ifMatch, (before) => withItem(before, collection, readEndpoint(json)));
    case 'routes':
      return hub.routing.change(ifMatch, (before) => withItem(before, collection, readRoute(json)));
    case 'enrichments':
      return hub.routing.change(ifMatch, (before) => withItem(before, collection, readEnrichment(json)));
    default:
      return collection satisfies never;
  }
}

/** Removes one of them. An endpoint that a route names stays. @throws HubError routing.notFound, and as `saveRouting` */
export function removeRouting(
  hub: RoutesRecords,
  collection: Collection,
  name: string,
  ifMatch?: string,
): Promise<RoutingRecord> {
  return hub.routing.change(ifMatch, (before) => {
    const items: readonly Named[] = before[collection];
    const item = found(items, name, collection.slice(0, -1));
    return { ...before, [collection]: items.filter((each) => each !== item) };
  });
}

/** @throws HubError as `saveRouting` */
export function setFallbackRoute(hub: RoutesRecords, json: unknown, ifMatch?: string): Promise<RoutingRecord> {
  return hub.routing.change(ifMatch, (before) => ({ ...before, fallbackRoute: readFallbackRoute(json) }));
}

/** What comes for a paused endpoint waits in the log. @throws HubError routing.notFound, store.unavailable (retry) */
export function pauseEndpoint(
  hub: RoutesRecords,
  name: string,
  isPaused: boolean,
  ifMatch?: string,
): Promise<RoutingRecord> {
  return hub.routing.change(ifMatch, (before) => {
    const endpoint: EndpointInput = found(before.endpoints, name, 'endpoint');
    return { ...before, endpoints: before.endpoints.map((each) => (each === endpoint ? { ...each, isPaused } : each)) };
  });
}

type Named = { readonly name: string } | { readonly key: string };

function nameOf(item: Named): string {
  return ('name' in item ? item.name : item.key).toLowerCase();
}

function found<Item extends Named>(items: readonly Item[], name: string, what: string): Item {
  const item = items.find((each) => nameOf(each) === name.toLowerCase());
  if (item !== undefined) return item;
  throw new HubError('routing.notFound', `there is no ${what} "${name}"`);
}

function withItem(before: RoutingRecord, collection: Collection, item: Named): RoutingInput {
  const items: readonly Named[] = before[collection];
  const index = items.findIndex((each) => nameOf(each) === nameOf(item));
  return { ...before, [collection]: index < 0 ? [...items, item] : items.with(index, item) };
}
