import type { EChartsCoreOption } from 'echarts/core';
import type { ChartStyle } from '../../charts/chart-style.ts';
import { ConditionBadge } from '../condition-badge.tsx';
import { RichChart } from '../rich-chart.tsx';
import { conditionFor } from '../tile-conditions.ts';
import type { ConfigurationOf } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { tileText } from '../tile-values.ts';
import classes from '../tiles.module.css';
import { useLastValues } from '../use-last-values.ts';

const PIXELS_PER_POINT = 4 / 3;

/** One number between its ends. */
export function GaugeTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: ConfigurationOf<'gauge'>;
}) {
  const { values, ...series } = useLastValues(configuration);
  const first = values.find(({ value }) => typeof value === 'number');
  const value = typeof first?.value === 'number' ? first.value : 0;
  const [low, high] = endsOf(value, configuration);
  const text = tileText(first?.value, first?.unit ?? null, configuration.format);
  return (
    <TileState {...series} isEmpty={first === undefined} empty="No number was said yet.">
      <RichChart label={`${title}: ${text}`} option={(style) => gaugeOption(value, text, configuration, style)} />
      <div className={classes.ends} title={first?.sentIn}>
        <span>{tileText(low, null)}</span>
        <ConditionBadge condition={conditionFor(configuration.extension?.conditions, first?.capability ?? '', value)} />
        <span>{tileText(high, null)}</span>
      </div>
    </TileState>
  );
}

function gaugeOption(
  value: number,
  text: string,
  configuration: ConfigurationOf<'gauge'>,
  style: ChartStyle,
): EChartsCoreOption {
  const [low, high] = endsOf(value, configuration);
  return {
    series: [
      {
        type: 'gauge',
        min: low,
        max: high,
        startAngle: 205,
        endAngle: -25,
        radius: '96%',
        center: ['50%', '60%'],
        progress: { show: true, width: 14, itemStyle: { color: style.lines[0] } },
        axisLine: { lineStyle: { width: 14, color: [[1, style.grid]] } },
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: { show: false },
        pointer: { show: false },
        detail: {
          formatter: text,
          color: style.text,
          fontSize: (configuration.format?.textSize ?? 14) * PIXELS_PER_POINT,
          fontWeight: 600,
          offsetCenter: [0, 0],
        },
        data: [{ value }],
      },
    ],
  };
}

function endsOf(value: number, { min, max }: ConfigurationOf<'gauge'>): readonly [number, number] {
  const low = min ?? Math.min(0, value);
  const high = max ?? niceTop(value);
  // Ends that are given the wrong way round are those of what is shown all the same.
  return low < high ? [low, high] : low === high ? [low, low + 1] : [high, low];
}

/** The next of 1, 2, 5, 10, … above. */
function niceTop(value: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(Math.abs(value), 1)));
  return [1, 2, 5, 10].map((step) => step * size).find((top) => top > value) ?? size * 10;
}
