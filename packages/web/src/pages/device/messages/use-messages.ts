import { useQuery } from '@tanstack/react-query';
import { type LiveTelemetry, MESSAGES_PAGE_MAX } from '@viaduct/contracts';
import { useMemo, useRef } from 'react';
import { deviceClient } from '../../../api/device-client.ts';
import { positionOf } from '../../../live/filter-messages.ts';
import { type FeedView, LIVE_SECONDS, useFeedVersion } from '../../../live/use-device-feed.ts';

export interface MessageList {
  /** Oldest first. */
  readonly messages: readonly LiveTelemetry[];
  readonly isPending: boolean;
  readonly error: Error | null;
  /** Of the past there is more than is shown. */
  readonly isCut: boolean;
}

const NONE: readonly LiveTelemetry[] = [];

/** What was heard, behind what the log has from before. While paused, the list as it was when the pause began. */
export function useMessages(view: FeedView, sinceSeconds: number, paused: boolean): MessageList {
  const version = useFeedVersion(view);
  const past = useQuery({
    queryKey: ['device', view.deviceId, 'messages', sinceSeconds],
    queryFn: () => deviceClient.messages(view.deviceId, sinceSeconds, MESSAGES_PAGE_MAX),
    enabled: sinceSeconds > LIVE_SECONDS,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const older = past.data ?? NONE;
  const seen = useMemo(() => new Set(older.map(positionOf)), [older]);
  const held = useRef<{ readonly key: string; readonly messages: readonly LiveTelemetry[] } | null>(null);
  const key = paused ? `paused ${sinceSeconds} ${older.length}` : `${version}`;
  if (held.current?.key !== key) {
    const heard = view.feed.messages.filter((message) => !seen.has(positionOf(message)));
    held.current = { key, messages: [...older, ...heard] };
  }
  return {
    messages: held.current.messages,
    isPending: past.isLoading,
    error: past.error,
    isCut: older.length >= MESSAGES_PAGE_MAX,
  };
}
