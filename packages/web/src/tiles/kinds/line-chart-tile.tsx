import type { ChartFormat, TimeRange } from '@viaduct/contracts';
import { useMemo, useRef } from 'react';
import { liveHub } from '../../live/live-hub.ts';
import { rangeBefore, rangeBetween, spanOf } from '../../time-range/time-choice.ts';
import type { PlotLine } from '../align-lines.ts';
import { SeriesChart } from '../series-chart.tsx';
import type { ChartConfiguration, ConfigurationOf } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { useTileSurroundings } from '../tile-surroundings.ts';
import { tileText } from '../tile-values.ts';
import { useTileSeries } from '../use-tile-series.ts';

type CompareWith = ConfigurationOf<'comparison'>['compareWith'];

interface LineChartTileProps {
  readonly title: string;
  readonly configuration: ChartConfiguration;
}

/** Lines over time; beside the period before, where the page or the tile asks for it. */
export function LineChartTile({ title, configuration }: LineChartTileProps) {
  const { isCompared } = useTileSurroundings();
  const isBoth = isCompared || configuration.type === 'comparison';
  return isBoth ? (
    <ComparedLines title={title} configuration={configuration} />
  ) : (
    <PlainLines title={title} configuration={configuration} />
  );
}

function PlainLines({ title, configuration }: LineChartTileProps) {
  const series = useTileSeries(configuration);
  return (
    <TileState {...series} isEmpty={isSilent(series.lines)}>
      <Lines title={title} configuration={configuration} lines={series.lines} span={series.span} />
    </TileState>
  );
}

function ComparedLines({ title, configuration }: LineChartTileProps) {
  const now = useTileSeries(configuration);
  const before = useTileSeries(configuration, { range: useRangeBefore(now.range, configuration) });
  const shiftMs = now.span.toMs - before.span.toMs;
  const former = useKept(before.lines);
  const lines = useMemo(() => {
    const shifted = former.map(({ min: _min, max: _max, ...line }) => ({
      ...line,
      key: `${line.key}|before`,
      label: `${line.label}, before`,
      isDashed: true,
      times: line.times.map((time) => time + shiftMs),
    }));
    return [...now.lines.map(({ min: _min, max: _max, ...line }) => line), ...shifted];
  }, [now.lines, former, shiftMs]);
  return (
    <TileState {...now} isEmpty={isSilent(lines)}>
      <Lines title={title} configuration={configuration} lines={lines} span={now.span} />
    </TileState>
  );
}

interface LinesProps extends LineChartTileProps {
  readonly lines: readonly PlotLine[];
  readonly span: { readonly fromMs: number; readonly toMs: number };
}

function Lines({ title, configuration, lines, span }: LinesProps) {
  const { onZoom } = useTileSurroundings();
  const format = chartFormat(configuration);
  return (
    <SeriesChart
      label={title}
      lines={lines}
      span={span}
      axis={configuration.extension?.axes ?? 'shared'}
      min={configuration.extension?.min}
      max={configuration.extension?.max}
      hasXAxis={format.xAxisEnabled ?? true}
      hasYAxis={format.yAxisEnabled ?? true}
      hasLegend={format.legendEnabled ?? true}
      {...(configuration.type === 'comparison' ? { format: textOf(configuration) } : {})}
      {...(onZoom === undefined ? {} : { onZoom })}
    />
  );
}

function textOf({ format }: ConfigurationOf<'comparison'>) {
  return ({ unit = null }: PlotLine, value: number) => tileText(value, unit, format);
}

/** A comparison has the format of texts. */
export function chartFormat(configuration: ChartConfiguration): ChartFormat {
  return configuration.type === 'comparison' ? {} : (configuration.format ?? {});
}

/** Moves in steps of a two hundredth of the range, so that the period before is not asked for anew each second. */
function useRangeBefore(range: TimeRange, configuration: ChartConfiguration): TimeRange {
  const compareWith = configuration.type === 'comparison' ? configuration.compareWith : undefined;
  const { fromMs, toMs } = spanOf(range, liveHub.nowMs());
  const stepMs = Math.max(5_000, (toMs - fromMs) / 200);
  const atMs = range.kind === 'last' ? Math.floor(toMs / stepMs) * stepMs : toMs;
  return useMemo(() => earlier(range, atMs, compareWith), [range, atMs, compareWith]);
}

const DAY_MS = 86_400_000;

function earlier(range: TimeRange, atMs: number, compareWith: CompareWith): TimeRange {
  if (compareWith === undefined || compareWith === 'previousPeriod') return rangeBefore(range, atMs);
  const backMs = compareWith === 'previousDay' ? DAY_MS : 7 * DAY_MS;
  const { fromMs, toMs } = spanOf(range, atMs);
  return rangeBetween({ fromMs: fromMs - backMs, toMs: toMs - backMs });
}

/** What was shown stays until there is something newer. */
function useKept(lines: readonly PlotLine[]): readonly PlotLine[] {
  const kept = useRef(lines);
  if (lines.length > 0) kept.current = lines;
  return kept.current;
}

export function isSilent(lines: readonly PlotLine[]): boolean {
  return lines.every((line) => line.values.every((value) => value === null));
}
