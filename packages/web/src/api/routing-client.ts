import { queryOptions } from '@tanstack/react-query';
import type {
  EndpointInput,
  EndpointLoss,
  Enrichment,
  FallbackRoute,
  Route,
  RouteMatchCount,
  RouteSource,
  RouteTestResult,
  RoutingView,
  SampleMessage,
} from '@viaduct/contracts';
import { get, query, send } from './request.ts';

/** Where records go besides the built-in endpoint. Every change names the version that the person saw, and answers with the whole. */
export const routingClient = {
  view: () => get<RoutingView>('/routing'),
  putEndpoint: (endpoint: EndpointInput, etag: string) =>
    send<RoutingView>('PUT', itemPath('endpoints', endpoint.name, etag), endpoint),
  removeEndpoint: (name: string, etag: string) => send<RoutingView>('DELETE', itemPath('endpoints', name, etag)),
  pauseEndpoint: (name: string, isPaused: boolean) =>
    send<RoutingView>('POST', `/routing/endpoints/${encodeURIComponent(name)}/${isPaused ? 'pause' : 'resume'}`),
  putRoute: (route: Route, etag: string) => send<RoutingView>('PUT', itemPath('routes', route.name, etag), route),
  removeRoute: (name: string, etag: string) => send<RoutingView>('DELETE', itemPath('routes', name, etag)),
  putEnrichment: (enrichment: Enrichment, etag: string) =>
    send<RoutingView>('PUT', itemPath('enrichments', enrichment.key, etag), enrichment),
  removeEnrichment: (key: string, etag: string) => send<RoutingView>('DELETE', itemPath('enrichments', key, etag)),
  setFallback: (fallback: FallbackRoute, etag: string) =>
    send<RoutingView>('PUT', `/routing/fallback-route${query({ etag })}`, fallback),
  test: (source: RouteSource, condition: string, message: SampleMessage) =>
    send<RouteTestResult>('POST', '/routing/test', { source, condition, message }),
  count: (source: RouteSource, condition: string) =>
    send<RouteMatchCount>('POST', '/routing/count', { source, condition }),
  losses: (name: string) => get<readonly EndpointLoss[]>(`/routing/endpoints/${encodeURIComponent(name)}/losses`),
};

function itemPath(collection: string, name: string, etag: string): string {
  return `/routing/${collection}/${encodeURIComponent(name)}${query({ etag })}`;
}

/** Figures move all the time, and nothing on the live stream tells of them. */
const REFRESH_MS = 2_000;

export const routingQuery = queryOptions({
  queryKey: ['routing'],
  queryFn: () => routingClient.view(),
  refetchInterval: REFRESH_MS,
});

export const lossesQuery = (name: string) =>
  queryOptions({
    queryKey: ['routing', 'losses', name],
    queryFn: () => routingClient.losses(name),
    refetchInterval: 5 * REFRESH_MS,
  });
