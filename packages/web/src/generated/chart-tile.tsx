import type { SeriesAnswer } from '@viaduct/contracts';
import { useMemo } from 'react';
import { ChartBody } from '../charts/chart-body.tsx';
import type { ChartLook } from '../charts/chart-look.ts';
import { type PlotClock, useClocked } from '../charts/plot-clock.ts';
import type { LiveChart } from '../live/live-field.ts';
import { MAGNITUDE } from '../live/read-body.ts';
import { shownAnswer } from '../model/measure.ts';
import type { PlotLine } from '../tiles/align-lines.ts';
import { plotLines } from '../tiles/plot-lines.ts';
import { SeriesChart } from '../tiles/series-chart.tsx';
import { type SeriesAsk, useSeries } from '../tiles/use-series.ts';
import { spanOf } from '../time-range/time-choice.ts';
import { formatDecimals } from '../ui/format.ts';
import { withLiveTail } from './live-tail.ts';
import { seriesOf } from './series-of.ts';
import { useTileScope } from './tile-scope.ts';
import type { ViewField } from './view-field.ts';

interface ChartTileProps {
  readonly field: ViewField;
  readonly chart: LiveChart;
  readonly height: number;
}

/** Numbers over time: as they come, or from the history with what came since. */
export function ChartTile({ field, chart, height }: ChartTileProps) {
  const { isLive, clock } = useTileScope();
  const { color, min, max, decimalPlaces } = field.hints;
  const shape = field.chart === 'value' || field.chart === null ? undefined : field.chart;
  const look = useMemo<ChartLook>(
    () => ({ shape, color, min, max, decimalPlaces }),
    [shape, color, min, max, decimalPlaces],
  );
  if (isLive) return <ChartBody chart={chart} clock={clock} look={look} height={height} hasValue={false} />;
  return <PastChart field={field} chart={chart} height={height} />;
}

/** Points that a chart of this width can tell apart. */
const POINTS_MAX = 300;
/** The live tail of a longer window moves by a pixel after this share of it. */
const TAIL_SHARE = 1 / 300;

function PastChart({ field, chart, height }: ChartTileProps) {
  const { view, range, clock, onZoom } = useTileScope();
  // How long a vector is, is worked out from what comes; the history has what was said.
  const lines = [...chart.linePaths].filter(([line]) => field.kind !== 'vector' || line !== MAGNITUDE);
  const asks = lines.map(
    ([, path]): SeriesAsk => ({
      ...seriesOf(view, field.component, path),
      aggregate: 'avg',
      pointsMax: POINTS_MAX,
    }),
  );
  const { answers } = useSeries(asks, range);
  const toMs = useSlowly(clock, spanOf(range, 0));
  const span = spanOf(range, toMs);
  const plotted = lines.map(([line], index) =>
    withLiveTail(lineOf(answers[index] ?? null, field, chart, line, index), chart.buffer, line, span),
  );
  return (
    <SeriesChart
      lines={plotted}
      span={span}
      label={field.title}
      height={height}
      hasLegend={lines.length > 1}
      shape={field.chart === 'steps' ? 'step' : 'line'}
      format={(line, value) => withUnit(formatDecimals(value, field.hints.decimalPlaces), line.unit)}
      onZoom={onZoom}
    />
  );
}

/** Now, in steps that are worth drawing. */
function useSlowly(clock: PlotClock, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): number {
  const stepMs = Math.max(1_000, (toMs - fromMs) * TAIL_SHARE);
  return useClocked(clock, () => Math.floor((clock.toSeconds() * 1_000) / stepMs) * stepMs);
}

function lineOf(
  answer: SeriesAnswer | null,
  { hints }: ViewField,
  chart: LiveChart,
  line: string,
  index: number,
): PlotLine {
  const title = chart.lineTitles.get(line) ?? line;
  const extra = { unit: chart.measure.unit, colour: index === 0 ? hints.color : undefined };
  const [past] = plotLines(shownAnswer(answer, chart.measure), title, extra);
  return { ...extra, times: [], values: [], ...past, key: line, label: title };
}

function withUnit(text: string, unit: string | null | undefined): string {
  return unit == null ? text : `${text} ${unit}`;
}
