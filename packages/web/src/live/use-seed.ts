import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { historyClient } from '../api/history-client.ts';
import type { FeedView } from './use-device-feed.ts';

/** Begins a feed with what the history knows of its device. */
export function useSeed(view: FeedView | null): void {
  const deviceId = view?.deviceId ?? '';
  const { data } = useQuery({
    queryKey: ['device', deviceId, 'latest'],
    queryFn: () => historyClient.latest({ source: { kind: 'devices', deviceIds: [deviceId] } }),
    enabled: view !== null,
    // What comes after is heard.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  useEffect(() => {
    if (view !== null && data !== undefined) view.feed.seed(data);
  }, [view, data]);
}
