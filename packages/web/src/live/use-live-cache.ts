import type { InfiniteData } from '@tanstack/react-query';
import type {
  AttemptPage,
  AttemptView,
  DeviceDetail,
  DeviceRow,
  LiveEvent,
  Overview,
  Page,
  Refusal,
} from '@viaduct/contracts';
import { useEffect } from 'react';
import { ATTEMPTS_KEY, type AttemptFilter } from '../api/provisioning-client.ts';
import { overviewQuery, queryClient, refusalsQuery, twinQuery } from '../api/queries.ts';
import { liveHub } from './live-hub.ts';
import { withAttempts } from './patch-attempts.ts';

/** Keeps the cached answers true by what the live stream says, so that nothing needs to be asked again. */
export function useLiveCache(): void {
  useEffect(() => liveHub.subscribe(patchCache), []);
}

function patchCache(event: LiveEvent): void {
  switch (event.kind) {
    case 'presence':
      patchRows(event.deviceId, { connected: event.connected, lastSeen: event.at });
      patchDevice(event.deviceId, { connected: event.connected, connectedSince: event.connected ? event.at : null });
      // A device that comes fetches what waited for it; transport and model are told by the server only.
      void queryClient.invalidateQueries({ queryKey: ['device', event.deviceId], exact: true });
      void queryClient.invalidateQueries({ queryKey: ['device', event.deviceId, 'commands'] });
      void queryClient.invalidateQueries({ queryKey: ['device', event.deviceId, 'connections'] });
      return;
    case 'twin':
      queryClient.setQueryData(twinQuery({ deviceId: event.deviceId }).queryKey, event.twin);
      return;
    case 'registry':
      void queryClient.invalidateQueries({ queryKey: ['devices'] });
      void queryClient.invalidateQueries({ queryKey: overviewQuery.queryKey });
      if (event.change !== 'deleted') {
        // Credentials and modules too: only what is on screen is asked for again.
        void queryClient.invalidateQueries({ queryKey: ['device', event.deviceId] });
      }
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
        patchRows(deviceId, { lastSeen });
        patchDevice(deviceId, { lastSeen });
      }
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

function patchRows(deviceId: string, change: Partial<DeviceRow>): void {
  queryClient.setQueriesData<Page<DeviceRow>>({ queryKey: ['devices'] }, (page) => {
    if (page === undefined || !page.items.some((row) => row.deviceId === deviceId)) return page;
    return { ...page, items: page.items.map((row) => (row.deviceId === deviceId ? { ...row, ...change } : row)) };
  });
}
