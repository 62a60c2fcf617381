import type { InfiniteData } from '@tanstack/react-query';
import type {
  AttemptPage,
  AttemptView,
  DeviceDetail,
  DirectoryRow,
  LiveEvent,
  Overview,
  Page,
  Refusal,
} from '@viaduct/contracts';
import { useEffect } from 'react';
import { DIRECTORY_KEY } from '../api/directory-client.ts';
import { ATTEMPTS_KEY, type AttemptFilter } from '../api/provisioning-client.ts';
import { overviewQuery, queryClient, refusalsQuery, twinQuery } from '../api/queries.ts';
import { liveHub } from './live-hub.ts';
import { withAttempts } from './patch-attempts.ts';

/** How long changes of the registry are gathered before the table asks again. */
const DIRECTORY_MS = 1_500;

/** Keeps the cached answers true by what the live stream says, so that nothing needs to be asked again. */
export function useLiveCache(): void {
  useEffect(() => liveHub.subscribe(patchCache), []);
}

function patchCache(event: LiveEvent): void {
  switch (event.kind) {
    case 'presence':
      patchDirectory({ [event.deviceId]: { connected: event.connected, lastSeen: event.at } });
      patchDevice(event.deviceId, { connected: event.connected, connectedSince: event.connected ? event.at : null });
      // A device that comes fetches what waited for it; transport and model are told by the server only.
      void queryClient.invalidateQueries({ queryKey: ['device', event.deviceId], exact: true });
      void queryClient.invalidateQueries({ queryKey: ['device', event.deviceId, 'commands'] });
      void queryClient.invalidateQueries({ queryKey: ['device', event.deviceId, 'connections'] });
      return;
    case 'twin':
      patchTwin(event);
      return;
    case 'registry':
      askDirectoryAgain();
      void queryClient.invalidateQueries({ queryKey: overviewQuery.queryKey });
      // Credentials and modules too: only what is on screen is asked for again. Of a deleted one, only whether it is there.
      void queryClient.invalidateQueries({ queryKey: ['device', event.deviceId], exact: event.change === 'deleted' });
      return;
    case 'refusal':
      queryClient.setQueryData<readonly Refusal[]>(refusalsQuery(event.deviceId).queryKey, (known) => {
        return [event.refusal, ...(known ?? []).filter((other) => !isSameRefusal(other, event.refusal))];
      });
      return;
    case 'tick':
      queryClient.setQueryData<Overview>(overviewQuery.queryKey, (overview) => {
        return overview && { ...overview, connected: event.connected, messagesPerSecond: event.messagesPerSecond };
      });
      for (const [deviceId, lastSeen] of Object.entries(event.seen)) {
        patchDevice(deviceId, { lastSeen });
      }
      patchDirectory(Object.fromEntries(Object.entries(event.seen).map(([id, lastSeen]) => [id, { lastSeen }])));
      return;
    case 'attempts':
      patchAttempts(event);
      return;
    case 'caughtUp':
      // What was attempted while nobody listened is not told again.
      void queryClient.invalidateQueries({ queryKey: ATTEMPTS_KEY });
      return;
    case 'telemetry':
      return;
    default:
      event satisfies never;
  }
}

function patchTwin({ deviceId, twin }: Extract<LiveEvent, { kind: 'twin' }>): void {
  const { queryKey } = twinQuery({ deviceId });
  queryClient.setQueryData(queryKey, twin);
  // What is being answered may be of before this: it is given up, and asked for again.
  if (queryClient.isFetching({ queryKey, exact: true }) > 0) {
    void queryClient.invalidateQueries({ queryKey, exact: true });
  }
}

function patchAttempts(event: Extract<LiveEvent, { kind: 'attempts' }>): void {
  if (event.isCut) void queryClient.invalidateQueries({ queryKey: ATTEMPTS_KEY });
  for (const { queryKey } of queryClient.getQueryCache().findAll({ queryKey: ATTEMPTS_KEY })) {
    const filter = queryKey[ATTEMPTS_KEY.length] as AttemptFilter;
    queryClient.setQueryData<InfiniteData<AttemptPage>>(queryKey, (data) => withAttempts(data, filter, event));
  }
  // Whoever came in is among the registrations of its enrolment now.
  for (const key of new Set(event.attempts.map(({ enrollment }) => enrollment && keyOfEnrollment(enrollment)))) {
    if (key !== null)
      void queryClient.invalidateQueries({ queryKey: ['provisioning', 'enrollment', ...key.split('/')] });
  }
}

function keyOfEnrollment({ kind, id }: NonNullable<AttemptView['enrollment']>): string {
  return `${kind}/${id.toLowerCase()}`;
}

function isSameRefusal(a: Refusal, b: Refusal): boolean {
  return a.code === b.code && a.firstAt === b.firstAt;
}

function patchDevice(deviceId: string, change: Partial<DeviceDetail>): void {
  queryClient.setQueryData<DeviceDetail>(['device', deviceId], (device) => device && { ...device, ...change });
}

/** Rows that are on screen, in whichever page of the table; one pass for all that a tick tells. */
function patchDirectory(changes: Readonly<Record<string, Partial<DirectoryRow>>>): void {
  const patched = (row: DirectoryRow): DirectoryRow => {
    const change = Object.hasOwn(changes, row.deviceId) ? changes[row.deviceId] : undefined;
    return change === undefined ? row : { ...row, ...change };
  };
  queryClient.setQueriesData<InfiniteData<Page<DirectoryRow>>>({ queryKey: [...DIRECTORY_KEY, 'rows'] }, (data) => {
    if (data?.pages.some(({ items }) => items.some(({ deviceId }) => Object.hasOwn(changes, deviceId))) !== true) {
      return data;
    }
    return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(patched) })) };
  });
}

let isAsking = false;

/** Once for many changes: an import makes thousands. */
function askDirectoryAgain(): void {
  if (isAsking) return;
  isAsking = true;
  setTimeout(() => {
    isAsking = false;
    void queryClient.invalidateQueries({ queryKey: DIRECTORY_KEY });
  }, DIRECTORY_MS);
}
