import { LIMITS } from '@viaduct/contracts';
import { lineColour } from '../../charts/chart-style.ts';
import { formatNumber } from '../../ui/format.ts';
import { RichChart } from '../rich-chart.tsx';
import type { ChartConfiguration } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { binsOf } from '../tile-values.ts';
import { useTileSeries } from '../use-tile-series.ts';
import { ValueList } from '../value-list.tsx';
import { chartFormat } from './line-chart-tile.tsx';

/** How often which values were said. Of more points than one answer has, those that keep its shape are counted. */
export function HistogramTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: ChartConfiguration;
}) {
  const series = useTileSeries(configuration, { aggregate: 'none', pointsMax: LIMITS.SERIES_POINTS_MAX });
  const wanted = configuration.type === 'histogram' ? configuration.buckets : undefined;
  const bins = binsOf(
    series.lines.flatMap(({ values }) => values.filter((value) => value !== null)),
    wanted,
  );
  const { xAxisEnabled = true, yAxisEnabled = true } = chartFormat(configuration);
  const words = bins.map(({ from, to }) => `${formatNumber(from)} – ${formatNumber(to)}`);
  return (
    <TileState {...series} isEmpty={bins.length === 0}>
      <RichChart
        label={`Distribution of ${title}`}
        option={(style) => ({
          grid: { left: yAxisEnabled ? 46 : 6, right: 8, top: 8, bottom: xAxisEnabled ? 22 : 6 },
          tooltip: { renderMode: 'richText', confine: true },
          xAxis: {
            type: 'category',
            show: xAxisEnabled,
            data: words,
            axisLabel: { color: style.text, fontSize: 11, formatter: (text: string) => text.split(' – ')[0] },
            axisTick: { show: false },
            axisLine: { lineStyle: { color: style.grid } },
          },
          yAxis: {
            type: 'value',
            show: yAxisEnabled,
            axisLabel: { color: style.text, fontSize: 11 },
            splitLine: { lineStyle: { color: style.grid } },
          },
          series: [
            {
              type: 'bar',
              barCategoryGap: '4%',
              itemStyle: { color: lineColour(style, 0) },
              data: bins.map(({ count }) => count),
            },
          ],
        })}
      />
      <ValueList
        caption={title}
        rows={bins.map(({ from, count }, index) => ({
          key: String(from),
          label: words[index] ?? '',
          text: `${count}`,
        }))}
      />
    </TileState>
  );
}
