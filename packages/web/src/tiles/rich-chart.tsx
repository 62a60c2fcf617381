import { useComputedColorScheme } from '@mantine/core';
import type { EChartsCoreOption } from 'echarts/core';
import { lazy, Suspense } from 'react';
import { CHART_STYLES, type ChartStyle } from '../charts/chart-style.ts';
import classes from './series-chart.module.css';

const Canvas = lazy(() => import('./rich-canvas.tsx').then(({ RichCanvas }) => ({ default: RichCanvas })));

interface RichChartProps {
  /** What is drawn, in the colours of the scheme. */
  readonly option: (style: ChartStyle) => EChartsCoreOption;
  /** Said to who does not see it. */
  readonly label: string;
}

/** Pie, heat map, gauge, bars of categories: what is not a line over time. Its library comes with the first of them. */
export function RichChart({ option, label }: RichChartProps) {
  const scheme = useComputedColorScheme('light');
  return (
    <div className={classes.chart} role="img" aria-label={label}>
      <Suspense>
        <Canvas option={option(CHART_STYLES[scheme])} />
      </Suspense>
    </div>
  );
}
