import { infiniteQueryOptions, MutationCache, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import type { DeviceIdentity } from '@viaduct/contracts';
import { consoleClient } from './console-client.ts';
import { ConsoleRefusal } from './request.ts';

let signedOut: () => void = () => {};

/** The router says what to do when a session has ended; the cache only notices. */
export function onSignedOut(act: () => void): void {
  signedOut = act;
}

function notice(error: Error): void {
  if (error instanceof ConsoleRefusal && error.code === 'console.signedOut') signedOut();
}

function isWorthRetrying(failures: number, error: Error): boolean {
  return failures < 2 && error instanceof ConsoleRefusal && error.row.http >= 500;
}

/** Answers are kept for half a minute; what changes in between arrives on the live stream. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, query) => query.meta?.quiet !== true && notice(error) }),
  mutationCache: new MutationCache({ onError: (error) => notice(error) }),
  defaultOptions: { queries: { staleTime: 30_000, retry: isWorthRetrying, refetchOnWindowFocus: true } },
});

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => consoleClient.session(),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
  meta: { quiet: true },
});

export const overviewQuery = queryOptions({ queryKey: ['overview'], queryFn: () => consoleClient.overview() });

export const connectionQuery = queryOptions({
  queryKey: ['connection'],
  queryFn: () => consoleClient.connection(),
  staleTime: Number.POSITIVE_INFINITY,
});

export const authoritiesQuery = queryOptions({
  queryKey: ['authorities'],
  queryFn: () => consoleClient.authorities(),
});

export const deviceQuery = (deviceId: string) =>
  queryOptions({ queryKey: ['device', deviceId], queryFn: () => consoleClient.device(deviceId) });

export const modulesQuery = (deviceId: string) =>
  queryOptions({ queryKey: ['device', deviceId, 'modules'], queryFn: () => consoleClient.modules(deviceId) });

export const moduleQuery = (identity: Required<DeviceIdentity>) =>
  queryOptions({ queryKey: keyOf(identity), queryFn: () => consoleClient.module(identity) });

export const twinQuery = (identity: DeviceIdentity) =>
  queryOptions({ queryKey: [...keyOf(identity), 'twin'], queryFn: () => consoleClient.twin(identity) });

export const commandsQuery = (identity: DeviceIdentity) =>
  queryOptions({ queryKey: [...keyOf(identity), 'commands'], queryFn: () => consoleClient.commands(identity) });

export const credentialsQuery = (identity: DeviceIdentity) =>
  queryOptions({ queryKey: [...keyOf(identity), 'credentials'], queryFn: () => consoleClient.credentials(identity) });

export const connectionsQuery = (identity: DeviceIdentity) =>
  queryOptions({ queryKey: [...keyOf(identity), 'connections'], queryFn: () => consoleClient.connections(identity) });

export const filesQuery = (deviceId: string) =>
  infiniteQueryOptions({
    queryKey: ['device', deviceId, 'files'],
    queryFn: ({ pageParam }) => consoleClient.files(deviceId, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
  });

/** Below the device's, so that whatever makes the device's answers stale does the same to its modules'. */
export function keyOf({ deviceId, moduleId }: DeviceIdentity): readonly string[] {
  return moduleId === undefined ? ['device', deviceId] : ['device', deviceId, 'modules', moduleId];
}

export const throttlingQuery = (identity: DeviceIdentity) =>
  queryOptions({
    queryKey: [...keyOf(identity), 'throttling'],
    queryFn: () => consoleClient.throttling(identity),
    // Nothing on the live stream tells of it.
    refetchInterval: 10_000,
  });

export const refusalsQuery = (deviceId: string) =>
  queryOptions({ queryKey: ['device', deviceId, 'refusals'], queryFn: () => consoleClient.refusals(deviceId) });
