import {
  BUILT_IN_ENDPOINT,
  type EndpointInput,
  type Enrichment,
  HubError,
  isStampedByHub,
  LIMITS,
  ROUTE_SOURCES,
  type Route,
  type RouteSource,
  type RoutingInput,
} from '@viaduct/contracts';
import type { JsonObject } from '../ports.ts';
import { compileCondition } from './route-condition.ts';

export interface RoutingLimits {
  readonly endpoints: number;
  readonly routes: number;
  readonly enrichments: number;
}

export const ROUTING_LIMITS: Readonly<Record<'relaxed' | 'strict', RoutingLimits>> = {
  relaxed: {
    endpoints: LIMITS.ROUTING_ENDPOINTS_MAX,
    routes: LIMITS.ROUTING_ROUTES_MAX,
    enrichments: LIMITS.ROUTING_ENRICHMENTS_MAX,
  },
  strict: {
    endpoints: LIMITS.ROUTING_ENDPOINTS_STRICT_MAX,
    routes: LIMITS.ROUTING_ROUTES_STRICT_MAX,
    enrichments: LIMITS.ROUTING_ENRICHMENTS_STRICT_MAX,
  },
};

/** The whole of routing out of JSON; what is left out is empty. Pure. @throws HubError routing.invalid */
export function readRouting(json: JsonObject): RoutingInput {
  return {
    endpoints: list(json.endpoints, 'endpoints').map(readEndpoint),
    routes: list(json.routes, 'routes').map(readRoute),
    enrichments: list(json.enrichments, 'enrichments').map(readEnrichment),
    fallbackRoute: readFallbackRoute(json.fallbackRoute ?? { isEnabled: true }),
  };
}

/** @throws HubError routing.invalid */
export function readEndpoint(json: unknown): EndpointInput {
  const { name, kind, configuration, isPaused = false } = object(json, 'an endpoint');
  const named = nameOf(name, 'endpoint');
  const what = `endpoint "${named}"`;
  if (RESERVED.has(named.toLowerCase()))
    throw invalid(`${what}: the name is one of ${[...RESERVED].join(', ')}, which have a meaning`);
  if (typeof kind !== 'string') throw invalid(`${what}: kind is text`);
  const fields = object(configuration, `the configuration of ${what}`);
  if (Buffer.byteLength(JSON.stringify(fields)) > LIMITS.ENDPOINT_CONFIGURATION_BYTES_MAX) {
    throw invalid(`${what}: a configuration has at most ${LIMITS.ENDPOINT_CONFIGURATION_BYTES_MAX} bytes`);
  }
  return { name: named, kind, configuration: fields, isPaused: flag(isPaused, `${what}: isPaused`) };
}

/** @throws HubError routing.invalid */
export function readRoute(json: unknown): Route {
  const { name, source, condition = 'true', endpointNames, isEnabled = true } = object(json, 'a route');
  const named = nameOf(name, 'route');
  const what = `route "${named}"`;
  if (!ROUTE_SOURCES.includes(source as RouteSource))
    throw invalid(`${what}: source is one of ${ROUTE_SOURCES.join(', ')}`);
  const route = {
    name: named,
    source: source as RouteSource,
    condition: readCondition(condition, what),
    endpointNames: names(endpointNames, what),
    isEnabled: flag(isEnabled, `${what}: isEnabled`),
  };
  return route;
}

/** @throws HubError routing.invalid */
export function readEnrichment(json: unknown): Enrichment {
  const { key, value, endpointNames } = object(json, 'an enrichment');
  const named = nameOf(key, 'enrichment');
  const what = `enrichment "${named}"`;
  if (isStampedByHub(named)) throw invalid(`${what}: only the hub itself stamps properties of that name`);
  if (typeof value !== 'string' || value === '' || value.length > LIMITS.ROUTING_ENRICHMENT_CHARACTERS_MAX) {
    throw invalid(`${what}: value is text of 1 to ${LIMITS.ROUTING_ENRICHMENT_CHARACTERS_MAX} characters`);
  }
  return { key: named, value, endpointNames: names(endpointNames, what) };
}

/** @throws HubError routing.invalid */
export function readFallbackRoute(json: unknown): { readonly isEnabled: boolean } {
  const { isEnabled } = object(json, 'fallbackRoute');
  return { isEnabled: flag(isEnabled, 'fallbackRoute: isEnabled') };
}

/** @throws HubError routing.invalid, saying where the text is not in the routing language */
function readCondition(condition: unknown, what: string): string {
  if (typeof condition !== 'string' || condition.length > LIMITS.ROUTING_CONDITION_CHARACTERS_MAX) {
    throw invalid(`${what}: condition is text of at most ${LIMITS.ROUTING_CONDITION_CHARACTERS_MAX} characters`);
  }
  try {
    compileCondition(condition);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    throw new HubError('routing.invalid', `${what}: ${error.message}`, { cause: error });
  }
  return condition;
}

/** What only the whole can tell: names that are there once, endpoints that exist, bounds. @throws HubError routing.invalid, routing.tooMany */
export function requireConsistent(routing: RoutingInput, limits: RoutingLimits): void {
  requireDistinct(
    routing.endpoints.map(({ name }) => name),
    'endpoint',
  );
  requireDistinct(
    routing.routes.map(({ name }) => name),
    'route',
  );
  requireDistinct(
    routing.enrichments.map(({ key }) => key),
    'enrichment',
  );
  for (const word of ['endpoints', 'routes', 'enrichments'] as const) {
    const count = routing[word].length;
    if (count > limits[word]) throw new HubError('routing.tooMany', `${count} ${word}; there may be ${limits[word]}`);
  }
  const known = new Set([BUILT_IN_ENDPOINT, ...routing.endpoints.map(({ name }) => name.toLowerCase())]);
  for (const route of routing.routes) requireKnown(route.endpointNames, known, `route "${route.name}"`);
  for (const { key, endpointNames } of routing.enrichments) requireKnown(endpointNames, known, `enrichment "${key}"`);
}

/** Azure keeps these for itself. */
const RESERVED: ReadonlySet<string> = new Set([BUILT_IN_ENDPOINT, 'filenotifications', '$default']);
const NAME = /^[A-Za-z0-9._-]+$/;

function nameOf(name: unknown, what: string): string {
  const max = LIMITS.ROUTING_NAME_CHARACTERS_MAX;
  if (typeof name === 'string' && NAME.test(name) && name.length <= max) return name;
  throw invalid(
    `the name of an ${what} has 1 to ${max} characters of A-Z a-z 0-9 - . _`.replace('an route', 'a route'),
  );
}

function names(json: unknown, what: string): readonly string[] {
  const found = list(json, `${what}: endpointNames`);
  if (found.length === 0) throw invalid(`${what}: endpointNames names at least one endpoint`);
  if (found.every((name): name is string => typeof name === 'string')) return [...new Set(found)];
  throw invalid(`${what}: endpointNames is a list of names`);
}

function requireDistinct(found: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const name of found) {
    if (seen.has(name.toLowerCase())) throw invalid(`there is more than one ${what} "${name}"`);
    seen.add(name.toLowerCase());
  }
}

function requireKnown(endpointNames: readonly string[], known: ReadonlySet<string>, what: string): void {
  for (const name of endpointNames) {
    if (!known.has(name.toLowerCase())) throw invalid(`${what}: there is no endpoint "${name}"`);
  }
}

function object(json: unknown, what: string): JsonObject {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw invalid(`${what} is a JSON object`);
}

function list(json: unknown, what: string): readonly unknown[] {
  if (json === undefined) return [];
  if (Array.isArray(json)) return json as unknown[];
  throw invalid(`${what} is a list`);
}

function flag(json: unknown, what: string): boolean {
  if (typeof json === 'boolean') return json;
  throw invalid(`${what} is true or false`);
}

function invalid(message: string): HubError {
  return new HubError('routing.invalid', message);
}
