import type { ChartFormat } from '@viaduct/contracts';
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartStyle } from '../../charts/chart-style.ts';
import type { Span } from '../../time-range/time-choice.ts';
import { formatNumber } from '../../ui/format.ts';
import { alignLines, type PlotLine } from '../align-lines.ts';
import { RichChart } from '../rich-chart.tsx';
import { extremesOf, SeriesTable } from '../series-table.tsx';
import type { ChartConfiguration } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { bucketWords } from '../time-words.ts';
import { type TileSeries, useTileSeries } from '../use-tile-series.ts';
import { chartFormat, isSilent } from './line-chart-tile.tsx';

const COLUMNS = 48;

/** A row a device, a column a bucket, darker where there is more. */
export function HeatMapTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: ChartConfiguration;
}) {
  const series = useTileSeries(configuration, { pointsMax: COLUMNS, splitBy: 'device' });
  const rows = rowsOf(series);
  return (
    <TileState {...series} isEmpty={isSilent(series.lines)}>
      <RichChart
        label={`Heat map of ${title}`}
        option={(style) => heatOption(rows, series.span, chartFormat(configuration), style)}
      />
      <SeriesTable caption={title} lines={series.lines} format={(_line, value) => formatNumber(value)} />
    </TileState>
  );
}

/** Of one capability, a row is called after its device: there is little room. */
function rowsOf({ lines, capabilities, answers }: TileSeries): readonly PlotLine[] {
  if (capabilities.length > 1) return lines;
  return lines.map((line, index) => ({ ...line, label: answers[0]?.lines[index]?.label ?? line.label }));
}

function heatOption(
  lines: readonly PlotLine[],
  span: Span,
  { xAxisEnabled = true, yAxisEnabled = true, legendEnabled = true }: ChartFormat,
  style: ChartStyle,
): EChartsCoreOption {
  const { times, values } = alignLines(lines);
  const extremes = lines.map(extremesOf);
  const lowest = Math.min(...extremes.map(({ lowest: low }) => low ?? Number.POSITIVE_INFINITY));
  const highest = Math.max(...extremes.map(({ highest: high }) => high ?? Number.NEGATIVE_INFINITY));
  const axis = { axisLabel: { color: style.text, fontSize: 11 }, axisLine: { show: false }, axisTick: { show: false } };
  return {
    grid: { left: yAxisEnabled ? 96 : 6, right: 8, top: 6, bottom: (xAxisEnabled ? 20 : 4) + (legendEnabled ? 26 : 0) },
    tooltip: { renderMode: 'richText', confine: true },
    xAxis: {
      ...axis,
      type: 'category',
      show: xAxisEnabled,
      data: times.map((seconds) => bucketWords(seconds * 1_000, span)),
    },
    yAxis: {
      ...axis,
      type: 'category',
      show: yAxisEnabled,
      data: lines.map(({ label }) => label),
      axisLabel: { ...axis.axisLabel, width: 88, overflow: 'truncate' },
    },
    visualMap: {
      show: legendEnabled,
      min: lowest,
      max: highest === lowest ? lowest + 1 : highest,
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemHeight: 90,
      itemWidth: 10,
      precision: 1,
      textStyle: { color: style.text, fontSize: 11 },
      inRange: { color: [style.grid, style.lines[0] ?? style.text, style.lines[1] ?? style.text] },
    },
    series: [
      {
        type: 'heatmap',
        data: values.flatMap((column, row) => column.map((value, place) => [place, row, value ?? '-'])),
      },
    ],
  };
}
