import { useState } from 'react';
import type { LiveChart } from '../live/device-feed.ts';
import { formatAge, formatClock } from '../ui/format.ts';
import { useNow } from '../ui/use-now.ts';
import { ChartLegend } from './chart-legend.tsx';
import classes from './charts.module.css';
import { formatReading, lineText, titleOfChart } from './format-reading.ts';
import type { CursorReading } from './plot-options.ts';
import { TimePlot } from './time-plot.tsx';

interface ChartCardProps {
  readonly chart: LiveChart;
  readonly toSeconds: number;
  readonly windowSeconds: number;
  readonly version: number;
  readonly height?: number;
}

/** Last value, unit and age, over the recent past. */
export function ChartCard({ chart, toSeconds, windowSeconds, version, height = 150 }: ChartCardProps) {
  const [focused, setFocused] = useState<number | null>(null);
  const [cursor, setCursor] = useState<CursorReading | null>(null);
  const { lines } = chart.buffer;
  const first = lines[0];
  const isSingle = lines.length === 1;
  return (
    <section className={`card ${classes.card}`} aria-label={titleOfChart(chart)}>
      <header className={classes.head}>
        <h3 className={classes.title}>{titleOfChart(chart)}</h3>
        {!isSingle && chart.unit !== null && <span className={classes.unit}>{chart.unit}</span>}
        {cursor === null ? <Freshness chart={chart} /> : <Pointed time={cursor.time} />}
      </header>
      {isSingle && (
        <p className={classes.value}>
          {first === undefined ? '–' : lineText(chart, first, 0, cursor)}
          {chart.unit !== null && <span className={classes.unit}> {chart.unit}</span>}
        </p>
      )}
      {!isSingle && <ChartLegend chart={chart} cursor={cursor} onFocus={setFocused} />}
      <TimePlot
        chart={chart}
        toSeconds={toSeconds}
        windowSeconds={windowSeconds}
        version={version}
        label={describe(chart)}
        height={height}
        focused={focused}
        onCursor={setCursor}
      />
    </section>
  );
}

/** The time under the crosshair. */
function Pointed({ time }: { readonly time: number }) {
  return <span className={classes.age}>at {formatClock(time * 1_000)}</span>;
}

/** Age of the newest value; marked as stale after three times the usual interval. */
function Freshness({ chart }: { readonly chart: LiveChart }) {
  const nowMs = useNow();
  const last = chart.buffer.lastTime;
  if (last === null) return null;
  const ageSeconds = nowMs / 1_000 - last;
  const isStale = ageSeconds > Math.max(5, 3 * (chart.buffer.usualSeconds ?? Number.POSITIVE_INFINITY));
  return (
    <span className={classes.age} data-stale={isStale || undefined}>
      {isStale ? 'stale · ' : ''}
      {formatAge(last * 1_000, nowMs)}
    </span>
  );
}

function describe(chart: LiveChart): string {
  const said = chart.buffer.lines.slice(0, 8).map((line) => {
    const latest = chart.buffer.latest(line);
    return `${chart.lineTitles.get(line) ?? line} ${latest === null ? 'unknown' : formatReading(chart, latest.value)}`;
  });
  return `Chart of ${titleOfChart(chart)}${chart.unit === null ? '' : ` in ${chart.unit}`}: ${said.join(', ')}`;
}
