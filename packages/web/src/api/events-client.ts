import { queryOptions } from '@tanstack/react-query';
import type { ConsumerGroupView, EventReadersView } from '@viaduct/contracts';
import { get, send } from './request.ts';

/** The Event Hubs-compatible endpoint: who reads, for which group, how far. */
export const eventsClient = {
  readers: () => get<EventReadersView>('/consumer-groups'),
  addGroup: (name: string) => send<ConsumerGroupView>('POST', '/consumer-groups', { name }),
  removeGroup: (name: string) => send<void>('DELETE', `/consumer-groups/${encodeURIComponent(name)}`),
};

/** Readers move on all the time, and nothing on the live stream tells of them. */
const REFRESH_MS = 2_000;

export const eventReadersQuery = queryOptions({
  queryKey: ['eventReaders'],
  queryFn: () => eventsClient.readers(),
  refetchInterval: REFRESH_MS,
});
