import { useMemo, useSyncExternalStore } from 'react';
import { liveHub } from '../live/live-hub.ts';
import type { FeedView } from '../live/use-device-feed.ts';

/** When live charts look at, and when they should look again. All charts of a page have the same. */
export interface PlotClock {
  /** At most ten times a second, and once a second when nothing comes. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Right edge, by the server's clock. */
  readonly toSeconds: () => number;
  /** As long as was asked for, but no longer than there is something to see. */
  readonly windowSeconds: () => number;
}

/** A device that has just begun to speak fills its charts; but a chart of seconds only would be restless. */
const WINDOW_SECONDS_MIN = 30;

/** While paused it stands still at the moment of the pause; what comes meanwhile is kept. */
export function usePlotClock(view: FeedView, secondsMax: number, paused: boolean): PlotClock {
  return useMemo(() => {
    const pausedSeconds = liveHub.nowMs() / 1_000;
    const toSeconds = () => (paused ? pausedSeconds : liveHub.nowMs() / 1_000);
    const windowSeconds = () => {
      const heardSeconds = toSeconds() - (view.feed.firstAtMs ?? 0) / 1_000;
      return Math.min(secondsMax, Math.max(WINDOW_SECONDS_MIN, heardSeconds));
    };
    return { subscribe: paused ? () => () => {} : view.subscribe, toSeconds, windowSeconds };
  }, [view, secondsMax, paused]);
}

/** Draws again when `read` answers something else: one chart, not all of them. */
export function useClocked<T extends string | number | boolean | null>(
  clock: Pick<PlotClock, 'subscribe'>,
  read: () => T,
): T {
  return useSyncExternalStore(clock.subscribe, read);
}
