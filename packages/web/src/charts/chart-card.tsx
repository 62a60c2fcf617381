import type { LiveChart } from '../live/live-field.ts';
import { Age } from '../ui/age.tsx';
import { ChartBody } from './chart-body.tsx';
import { PLAIN_LOOK } from './chart-look.ts';
import classes from './charts.module.css';
import { titleOfChart } from './format-reading.ts';
import { type PlotClock, useClocked } from './plot-clock.ts';

/** Last value, unit and age, over the recent past. */
export function ChartCard({ chart, clock }: { readonly chart: LiveChart; readonly clock: PlotClock }) {
  const last = useClocked(clock, () => chart.buffer.lastTime);
  const isSingle = chart.buffer.lines.length === 1;
  return (
    <section className={`card ${classes.card}`} aria-label={titleOfChart(chart)}>
      <header className={classes.head}>
        <h3 className={classes.title}>{titleOfChart(chart)}</h3>
        {!isSingle && chart.measure.unit !== null && <span className={classes.unit}>{chart.measure.unit}</span>}
        <span className={classes.age}>
          <Age at={last === null ? null : last * 1_000} />
        </span>
      </header>
      <ChartBody chart={chart} clock={clock} look={PLAIN_LOOK} />
    </section>
  );
}
