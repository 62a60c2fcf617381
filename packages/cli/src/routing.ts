import type { EndpointLoss, EndpointView, Route, RouteMatchCount } from '@viaduct/contracts';
import { facts, table } from './output.ts';
import type { RestClient } from './rest-client.ts';

export async function listRoutes(rest: RestClient): Promise<readonly Route[]> {
  return ((await rest.send({ method: 'GET', path: '/routing/routes' })) as { value: Route[] }).value;
}

/** Adds it, or replaces its namesake. @throws CliFailure refused with what is wrong about it */
export async function putRoute(rest: RestClient, { name, ...route }: Route): Promise<Route> {
  return (await rest.send({ method: 'PUT', path: pathOf('routes', name), body: route })) as Route;
}

/** @throws HubError routing.notFound */
export async function removeRoute(rest: RestClient, name: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: pathOf('routes', name) });
}

/** @throws CliFailure refused when the condition is none */
export async function countMatches(
  rest: RestClient,
  route: Pick<Route, 'source' | 'condition'>,
  newest: number,
): Promise<RouteMatchCount> {
  return (await rest.send({
    method: 'POST',
    path: '/routing/routes/test',
    body: { route, newest },
  })) as RouteMatchCount;
}

export async function listEndpoints(rest: RestClient): Promise<readonly EndpointView[]> {
  return ((await rest.send({ method: 'GET', path: '/routing/endpoints' })) as { value: EndpointView[] }).value;
}

/** @throws HubError routing.notFound */
export async function getEndpoint(rest: RestClient, name: string): Promise<EndpointView> {
  return (await rest.send({ method: 'GET', path: pathOf('endpoints', name) })) as EndpointView;
}

/** Newest first. @throws HubError routing.notFound */
export async function listLosses(rest: RestClient, name: string): Promise<readonly EndpointLoss[]> {
  return (
    (await rest.send({ method: 'GET', path: `${pathOf('endpoints', name)}/losses` })) as { value: EndpointLoss[] }
  ).value;
}

/** @throws CliFailure refused with what is wrong about it */
export async function putEndpoint(
  rest: RestClient,
  name: string,
  endpoint: { readonly kind: string; readonly configuration: unknown },
): Promise<EndpointView> {
  return (await rest.send({ method: 'PUT', path: pathOf('endpoints', name), body: endpoint })) as EndpointView;
}

/** @throws HubError routing.notFound; CliFailure refused while a route names it */
export async function removeEndpoint(rest: RestClient, name: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: pathOf('endpoints', name) });
}

/** @throws HubError routing.notFound */
export async function setPaused(rest: RestClient, name: string, isPaused: boolean): Promise<EndpointView> {
  const path = `${pathOf('endpoints', name)}/${isPaused ? 'pause' : 'resume'}`;
  return (await rest.send({ method: 'POST', path })) as EndpointView;
}

/** The address of a container for storage clients, with its permission. */
export async function storageUrl(
  rest: RestClient,
  hours: number,
): Promise<{ readonly url: string; readonly expiryTime: number }> {
  return (await rest.send({ method: 'POST', path: '/routing/storageAccess', body: { hours } })) as {
    url: string;
    expiryTime: number;
  };
}

export function routeTable(routes: readonly Route[]): string {
  const rows = routes.map(({ name, source, endpointNames, isEnabled, condition }) => [
    ...[name, source, endpointNames.join(','), isEnabled ? 'yes' : 'no', condition],
  ]);
  return table(['ROUTE', 'SOURCE', 'TO', 'ENABLED', 'CONDITION'], rows);
}

export function endpointTable(endpoints: readonly EndpointView[]): string {
  const rows = endpoints.map(({ name, kind, address, state }) => [
    ...[name, kind, state.health, String(state.lagMessages), String(state.deliveredPerSecond), address],
  ]);
  return table(['ENDPOINT', 'KIND', 'HEALTH', 'WAITING', 'PER SECOND', 'DELIVERS TO'], rows);
}

export function endpointFacts(
  { name, kind, address, configuration, state }: EndpointView,
  losses: readonly EndpointLoss[],
): string {
  const since = new Date(state.healthSince).toISOString();
  const lines = facts([
    ['endpoint', name],
    ['kind', kind],
    ['delivers to', address],
    ['health', `${state.health} since ${since}`],
    ['last error', state.lastError && `${new Date(state.lastError.time).toISOString()} ${state.lastError.message}`],
    ['last delivery', state.lastDeliveryTime === null ? null : new Date(state.lastDeliveryTime).toISOString()],
    ['next try', state.nextTryTime === null ? null : new Date(state.nextTryTime).toISOString()],
    ['waiting', `${state.lagMessages} records, the oldest for ${Math.round(state.lagSeconds)} s`],
    ['delivered', `${state.deliveredMessages} messages since the start, ${state.deliveredPerSecond} a second now`],
    ['refused, too large', String(state.skippedMessages)],
    ['lost', String(state.lostMessages)],
    ['configuration', JSON.stringify(configuration)],
  ]);
  if (losses.length === 0) return lines;
  const rows = losses.map(({ time, kind: what, count, deviceId, message }) => [
    ...[new Date(time).toISOString(), what, String(count), deviceId ?? '', message],
  ]);
  return `${lines}\n${table(['FOUND', 'WHAT', 'COUNT', 'DEVICE', 'WHY'], rows)}`;
}

export function matchText({ matched, examined, samples }: RouteMatchCount): string {
  const rows = samples.map(({ enqueuedTime, deviceId, bodyText }) => [
    ...[new Date(enqueuedTime).toISOString(), deviceId, bodyText.replaceAll(/\s+/g, ' ')],
  ]);
  const text = `would have matched ${matched} of the last ${examined}\n`;
  return rows.length === 0 ? text : `${text}\n${table(['WHEN', 'DEVICE', 'BODY'], rows)}`;
}

function pathOf(collection: 'routes' | 'endpoints', name: string): string {
  return `/routing/${collection}/${encodeURIComponent(name)}`;
}
