import type { ChartFormat } from '@viaduct/contracts';
import type { EChartsCoreOption } from 'echarts/core';
import { type ChartStyle, lineColour } from '../../charts/chart-style.ts';
import { formatNumber } from '../../ui/format.ts';
import { alignLines, type PlotLine } from '../align-lines.ts';
import { RichChart } from '../rich-chart.tsx';
import { SeriesTable } from '../series-table.tsx';
import type { ChartConfiguration } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { bucketWords } from '../time-words.ts';
import { useTileSeries } from '../use-tile-series.ts';
import { chartFormat, isSilent } from './line-chart-tile.tsx';

/** More bars than these are no bars. */
const BARS = 60;

/** Buckets as bars, those of one time beside each other. */
export function BarChartTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: ChartConfiguration;
}) {
  const series = useTileSeries(configuration, { pointsMax: BARS });
  return (
    <TileState {...series} isEmpty={isSilent(series.lines)}>
      <RichChart
        label={`Bars of ${title}`}
        option={(style) => barOption(series.lines, series.span, chartFormat(configuration), style)}
      />
      <SeriesTable caption={title} lines={series.lines} format={(_line, value) => formatNumber(value)} />
    </TileState>
  );
}

function barOption(
  lines: readonly PlotLine[],
  span: { fromMs: number; toMs: number },
  { xAxisEnabled = true, yAxisEnabled = true, legendEnabled = true }: ChartFormat,
  style: ChartStyle,
): EChartsCoreOption {
  const { times, values } = alignLines(lines);
  return {
    grid: { left: yAxisEnabled ? 46 : 6, right: 8, top: legendEnabled ? 28 : 8, bottom: xAxisEnabled ? 22 : 6 },
    legend: { show: legendEnabled, type: 'scroll', top: 0, textStyle: { color: style.text, fontSize: 11 } },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    xAxis: {
      type: 'category',
      show: xAxisEnabled,
      data: times.map((seconds) => bucketWords(seconds * 1_000, span)),
      axisLabel: { color: style.text, fontSize: 11 },
      axisLine: { lineStyle: { color: style.grid } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      show: yAxisEnabled,
      axisLabel: { color: style.text, fontSize: 11 },
      splitLine: { lineStyle: { color: style.grid } },
    },
    series: lines.map((line, index) => ({
      type: 'bar',
      name: line.label,
      data: values[index]?.map((value) => value ?? '-'),
      itemStyle: { color: line.colour ?? lineColour(style, index) },
      barMaxWidth: 40,
    })),
  };
}
