import { BUILT_IN_ENDPOINT, type RouteSource, type RoutingView } from '@viaduct/contracts';

/** A line of the picture, between two of its boxes. */
export interface MapLine {
  readonly from: string;
  readonly to: string;
  /** Nothing goes along it now. */
  readonly isIdle: boolean;
}

export const FALLBACK = 'fallback';

/** The boxes' names: `source:DeviceMessages`, `route:alarms`, `endpoint:archive`. */
export const node = {
  source: (source: RouteSource) => `source:${source}`,
  route: (name: string) => `route:${name}`,
  endpoint: (name: string) => `endpoint:${name}`,
};

/** Sources that something is routed from; telemetry always, for the fallback takes it. */
export function sourcesShown({ routes }: Pick<RoutingView, 'routes'>): readonly RouteSource[] {
  return [...new Set<RouteSource>(['DeviceMessages', ...routes.map(({ source }) => source)])];
}

/** Who leads to whom. Pure. */
export function mapLines({ routes, fallbackRoute, endpoints }: RoutingView): readonly MapLine[] {
  const isPaused = (name: string) => endpoints.some((endpoint) => endpoint.name === name && endpoint.isPaused);
  const ofRoutes = routes.flatMap(({ name, source, endpointNames, isEnabled }) => [
    { from: node.source(source), to: node.route(name), isIdle: !isEnabled },
    ...endpointNames.map((endpoint) => ({
      from: node.route(name),
      to: node.endpoint(endpoint),
      isIdle: !isEnabled || isPaused(endpoint),
    })),
  ]);
  const isIdle = !fallbackRoute.isEnabled;
  return [
    ...ofRoutes,
    { from: node.source('DeviceMessages'), to: node.route(FALLBACK), isIdle },
    { from: node.route(FALLBACK), to: node.endpoint(BUILT_IN_ENDPOINT), isIdle },
  ];
}
