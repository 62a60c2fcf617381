import type { LiveChart } from '../live/live-field.ts';
import type { FeedView } from '../live/use-device-feed.ts';
import { ChartCard } from './chart-card.tsx';
import classes from './charts.module.css';
import { useClocked, usePlotClock } from './plot-clock.ts';

interface LiveChartsProps {
  readonly view: FeedView;
  readonly windowMinutes: number;
  /** Only so many charts. */
  readonly chartsMax: number;
}

/** The first charts that a device makes by speaking, in the model's order and then as they appeared: for an overview. */
export function LiveCharts({ view, windowMinutes, chartsMax }: LiveChartsProps) {
  const clock = usePlotClock(view, windowMinutes * 60, false);
  useClocked(clock, () => view.feed.shape);
  const charts = [...view.feed.charts.values()].sort(byOrder).slice(0, chartsMax);
  return (
    <div className={classes.grid}>
      {charts.map((chart) => (
        <ChartCard key={chart.key} chart={chart} clock={clock} />
      ))}
    </div>
  );
}

function byOrder(a: LiveChart, b: LiveChart): number {
  return a.order - b.order;
}
