import type { LiveTrail } from '../live/live-field.ts';
import type { TrailPoint } from '../live/value-trail.ts';
import { type SeriesAsk, useSeries } from '../tiles/use-series.ts';
import { seriesOf } from './series-of.ts';
import { useTileScope } from './tile-scope.ts';

/** Points of the past that a trail is drawn from; more would not be seen. */
const POINTS_MAX = 2_000;
const NONE: readonly TrailPoint[] = [];

/** Values over time: as they were heard, or from the history with what was heard since. */
export function useTrail(component: string | null, { path, trail }: LiveTrail): readonly TrailPoint[] {
  const { view, range, isLive } = useTileScope();
  const ask: SeriesAsk = {
    ...seriesOf(view, component, path),
    aggregate: 'none',
    newest: POINTS_MAX,
  };
  const { answers } = useSeries(isLive ? [] : [ask], range);
  if (isLive) return trail.points;
  const line = answers[0]?.lines[0];
  const past = line?.times.map((atMs, index): TrailPoint => ({ atMs, value: line.values[index] })) ?? NONE;
  if (range.kind === 'between') return past;
  const lastMs = past.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  return [...past, ...trail.points.filter(({ atMs }) => atMs > lastMs)];
}
