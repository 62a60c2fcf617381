import type { TimeRange } from '@viaduct/contracts';
import { createContext, use } from 'react';
import type { Span } from '../time-range/time-choice.ts';
import type { TileVariables } from './tile-source.ts';

/** What the page gives to all of its tiles. */
export interface TileSurroundings {
  readonly variables: TileVariables;
  /** The page's time; null: each tile has its own. */
  readonly range: TimeRange | null;
  readonly isLive: boolean;
  readonly isCompared: boolean;
  /** How often what moves is asked anew, unless it is live; 0 for never, absent for as often as its time needs. */
  readonly refreshSeconds?: number | undefined;
  readonly onZoom: ((span: Span) => void) | undefined;
}

export const TileSurroundingsContext = createContext<TileSurroundings>({
  variables: {},
  range: null,
  isLive: false,
  isCompared: false,
  onZoom: undefined,
});

export function useTileSurroundings(): TileSurroundings {
  return use(TileSurroundingsContext);
}
