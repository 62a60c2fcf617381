import { MutationCache, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { ConsoleRefusal, consoleClient, type DeviceQuery } from './console-client.ts';

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

export const devicesQuery = (wanted: DeviceQuery) =>
  queryOptions({ queryKey: ['devices', wanted], queryFn: () => consoleClient.devices(wanted) });

export const deviceQuery = (deviceId: string) =>
  queryOptions({ queryKey: ['device', deviceId], queryFn: () => consoleClient.device(deviceId) });

export const twinQuery = (deviceId: string) =>
  queryOptions({ queryKey: ['device', deviceId, 'twin'], queryFn: () => consoleClient.twin(deviceId) });

export const commandsQuery = (deviceId: string) =>
  queryOptions({ queryKey: ['device', deviceId, 'commands'], queryFn: () => consoleClient.commands(deviceId) });

export const refusalsQuery = (deviceId: string) =>
  queryOptions({ queryKey: ['device', deviceId, 'refusals'], queryFn: () => consoleClient.refusals(deviceId) });
