import { lineColour } from '../../charts/chart-style.ts';
import { RichChart } from '../rich-chart.tsx';
import type { ChartConfiguration } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { tileText } from '../tile-values.ts';
import { useFoldedSeries } from '../use-folded-series.ts';
import { ValueList } from '../value-list.tsx';
import { chartFormat } from './line-chart-tile.tsx';

/** Shares of a whole: a slice a capability, and a device. */
export function PieChartTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: ChartConfiguration;
}) {
  const { values, ...series } = useFoldedSeries(configuration, { splitBy: 'device' });
  const slices = values.filter((one) => one.value !== null && one.value > 0);
  const { colors = {} } = configuration.extension ?? {};
  const isSplit = new Set(slices.map(({ line }) => line)).size > 1;
  return (
    <TileState {...series} isEmpty={slices.length === 0}>
      <RichChart
        label={`Shares of ${title}`}
        option={(style) => ({
          tooltip: { trigger: 'item', renderMode: 'richText', confine: true },
          legend: {
            show: chartFormat(configuration).legendEnabled ?? true,
            type: 'scroll',
            bottom: 0,
            textStyle: { color: style.text, fontSize: 11 },
          },
          series: [
            {
              type: 'pie',
              radius: ['34%', '76%'],
              center: ['50%', '45%'],
              label: { position: 'inside', color: style.grid, fontSize: 11, fontWeight: 600, formatter: '{d} %' },
              data: slices.map(({ label, value, capability, line }, index) => {
                const own = colors[`${capability}/${line}`] ?? (isSplit ? undefined : colors[capability]);
                return { name: label, value, itemStyle: { color: own ?? lineColour(style, index) } };
              }),
            },
          ],
        })}
      />
      <ValueList
        caption={title}
        rows={slices.map(({ key, label, value, unit }) => ({ key, label, text: tileText(value, unit) }))}
      />
    </TileState>
  );
}
