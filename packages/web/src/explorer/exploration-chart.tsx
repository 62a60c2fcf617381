import type { ExplorationView } from '@viaduct/contracts';
import { useMemo } from 'react';
import { liveHub } from '../live/live-hub.ts';
import { SeriesChart } from '../tiles/series-chart.tsx';
import { type Span, spanOf } from '../time-range/time-choice.ts';
import type { ExplorationSeries } from './use-exploration.ts';

interface ExplorationChartProps {
  readonly label: string;
  readonly view: ExplorationView;
  readonly series: ExplorationSeries;
  /** Pixels; absent: what its place has. */
  readonly height?: number;
  readonly onZoom?: ((span: Span) => void) | undefined;
}

/** A view as lines over time. */
export function ExplorationChart({ label, view, series, height, onZoom }: ExplorationChartProps) {
  const { axes, range, markers = [] } = view;
  const first = series.answers.find((answer) => answer !== null && answer.problem === undefined);
  const span = first ? { fromMs: Date.parse(first.from), toMs: Date.parse(first.to) } : spanOf(range, liveHub.nowMs());
  const marks = useMemo(() => markers.map(({ at, label }) => ({ atMs: Date.parse(at), label })), [markers]);
  return (
    <SeriesChart
      label={label}
      lines={series.lines}
      span={span}
      axis={axes}
      markers={marks}
      {...(height === undefined ? {} : { height })}
      {...(onZoom === undefined ? {} : { onZoom })}
    />
  );
}
