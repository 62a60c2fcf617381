import type { TimeRange, ViewEditsPatch } from '@viaduct/contracts';
import { HubError } from '@viaduct/contracts';
import { createContext, use } from 'react';
import type { PlotClock } from '../charts/plot-clock.ts';
import type { FeedView } from '../live/use-device-feed.ts';
import type { Span } from '../time-range/time-choice.ts';

/** What the tiles of a generated view share. */
export interface TileScope {
  readonly deviceId: string;
  readonly view: FeedView;
  readonly clock: PlotClock;
  readonly range: TimeRange;
  /** The range is short enough for what the page has heard itself; else the history is asked. */
  readonly isLive: boolean;
  readonly onZoom: (span: Span) => void;
  readonly edit: (patch: ViewEditsPatch) => void;
}

export const TileContext = createContext<TileScope | null>(null);

export function useTileScope(): TileScope {
  const scope = use(TileContext);
  if (scope === null) throw new HubError('server.fault', 'a tile was drawn outside of a generated view');
  return scope;
}
