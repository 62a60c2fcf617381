import type { SeriesAnswer, SeriesRequest, TimeRange } from '@viaduct/contracts';
import { useCallback, useMemo, useRef, useSyncExternalStore } from 'react';
import { historyClient } from '../api/history-client.ts';
import { liveHub } from '../live/live-hub.ts';
import { durationMs } from '../time-range/duration.ts';
import { SeriesBoard, type SeriesState } from './series-board.ts';

/** One for the page: its tiles share their refreshes. */
const seriesBoard = new SeriesBoard({
  post: (requests) => historyClient.series({ requests }),
  nowMs: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  isHidden: () => document.hidden,
});
document.addEventListener('visibilitychange', () => seriesBoard.wake());
// The server is there again: nobody waits for the end of a pause that was made for one that was not.
liveHub.subscribeStatus(() => liveHub.status() === 'live' && seriesBoard.recover());

const LIVE_MS = 1_000;
/** A range that moves is asked for anew this often while it is not live: a 200th of it, within these. */
const REFRESH_MS_MIN = 5_000;
const REFRESH_MS_MAX = 300_000;

/** A request without its time, which is the page's. */
export type SeriesAsk = Omit<SeriesRequest, 'range'> & { readonly range?: TimeRange };

export interface SeriesView {
  /** In the order of the requests; null until there is one. */
  readonly answers: readonly (SeriesAnswer | null)[];
  /** The first answer has not come. */
  readonly isPending: boolean;
  readonly problem: Error | null;
}

interface Pace {
  readonly isLive?: boolean;
  /** 0 for never, absent for as often as the range needs. */
  readonly refreshSeconds?: number | undefined;
}

/** The page's history: asked for in one batch with everybody else's, renewed as its range moves. */
export function useSeries(
  asks: readonly SeriesAsk[],
  range: TimeRange,
  { isLive = false, refreshSeconds }: Pace = {},
): SeriesView {
  const key = JSON.stringify([asks, range]);
  const requests = useMemo(() => {
    const [stable, common] = JSON.parse(key) as [SeriesAsk[], TimeRange];
    return stable.map((ask): SeriesRequest => ({ ...ask, range: ask.range ?? common }));
  }, [key]);
  const subscribe = useCallback(
    (onChange: () => void) => {
      const leaves = requests.map((request) =>
        seriesBoard.watch(request, everyMs(request, isLive, refreshSeconds), onChange),
      );
      return () => {
        for (const leave of leaves) leave();
      };
    },
    [requests, isLive, refreshSeconds],
  );
  const former = useRef<readonly SeriesState[]>([]);
  const states = useSyncExternalStore(subscribe, () => {
    const now = requests.map((request) => seriesBoard.state(request));
    const isSame = now.length === former.current.length && now.every((state, at) => state === former.current[at]);
    if (!isSame) former.current = now;
    return former.current;
  });
  return useMemo(() => viewOf(states), [states]);
}

function viewOf(states: readonly SeriesState[]): SeriesView {
  const problem = states.find((state) => state.problem !== null)?.problem ?? null;
  return {
    answers: states.map(({ answer }) => answer),
    isPending: states.some((state) => state.answer === null && state.problem === null),
    problem,
  };
}

function everyMs({ range }: SeriesRequest, isLive: boolean, refreshSeconds: number | undefined): number {
  if (range.kind === 'last' && isLive) return LIVE_MS;
  if (range.kind === 'between' || refreshSeconds === undefined) return refreshMs(range);
  return refreshSeconds === 0 ? Number.POSITIVE_INFINITY : refreshSeconds * 1_000;
}

/** How often a time is asked for anew; infinite for one that does not move. */
export function refreshMs(range: TimeRange): number {
  if (range.kind === 'between') return Number.POSITIVE_INFINITY;
  return Math.min(REFRESH_MS_MAX, Math.max(REFRESH_MS_MIN, (durationMs(range.duration) ?? 0) / 200));
}
