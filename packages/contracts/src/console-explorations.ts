import type { AxesChoice } from './console-dashboards.ts';
import type { Aggregate, SeriesRequest, SeriesSource, TimeRange } from './console-history.ts';

/**
 * What the explorer showed, under a name: one's own, and what all share. Tiles of dashboards show them by id.
 *
 *     GET    /explorations         Exploration[]: shared ones and one's own, by name
 *     GET    /explorations/:id     Exploration
 *     POST   /explorations         NewExploration → Exploration, 201
 *     PUT    /explorations/:id     NewExploration → Exploration; whoever sees one may change it
 *     DELETE /explorations/:id     204
 */
export interface Exploration extends NewExploration {
  readonly id: string;
  readonly owner: string;
  /** ISO 8601. */
  readonly updatedAt: string;
}

export interface NewExploration {
  readonly name: string;
  readonly isShared: boolean;
  readonly view: ExplorationView;
}

/** A chart of lines; where `query` stands, it was typed and its answer is shown instead. */
export interface ExplorationView {
  readonly source: SeriesSource;
  readonly lines: readonly ExplorationLine[];
  readonly splitBy?: SeriesRequest['splitBy'];
  readonly range: TimeRange;
  readonly resolution?: string;
  readonly axes: AxesChoice;
  readonly markers?: readonly ExplorationMarker[];
  readonly query?: string;
}

export interface ExplorationLine {
  /** Telemetry; `component.name` of a component's. */
  readonly path: string;
  readonly aggregate: Aggregate | 'none';
}

export interface ExplorationMarker {
  /** ISO 8601. */
  readonly at: string;
  readonly label: string;
}
