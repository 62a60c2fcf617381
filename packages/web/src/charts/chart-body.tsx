import { useState } from 'react';
import type { LiveChart } from '../live/live-field.ts';
import { formatClock, formatNumber } from '../ui/format.ts';
import { ChartLegend } from './chart-legend.tsx';
import type { ChartLook } from './chart-look.ts';
import classes from './charts.module.css';
import { lineText, titleOfChart } from './format-reading.ts';
import { type PlotClock, useClocked } from './plot-clock.ts';
import type { CursorReading } from './plot-options.ts';
import { TimePlot } from './time-plot.tsx';

interface ChartBodyProps {
  readonly chart: LiveChart;
  readonly clock: PlotClock;
  readonly look: ChartLook;
  readonly height?: number;
  /** Whether a single line's value is written large above it; where it stands elsewhere already, not. */
  readonly hasValue?: boolean;
}

/** The last value, or a legend of them, over the recent past as it comes. */
export function ChartBody({ chart, clock, look, height = 150, hasValue = true }: ChartBodyProps) {
  const [focused, setFocused] = useState<number | null>(null);
  const [cursor, setCursor] = useState<CursorReading | null>(null);
  useClocked(clock, () => chart.buffer.version);
  const { lines } = chart.buffer;
  const [first, ...others] = lines;
  return (
    <>
      {others.length === 0 && hasValue && (
        <p className={classes.value}>
          {first === undefined ? '–' : lineText(chart, first, 0, cursor, look.decimalPlaces)}
          {chart.measure.unit !== null && <span className={classes.unit}> {chart.measure.unit}</span>}
          {cursor !== null && <span className={classes.pointed}> at {formatClock(cursor.time * 1_000)}</span>}
        </p>
      )}
      {others.length > 0 && (
        <ChartLegend chart={chart} cursor={cursor} decimalPlaces={look.decimalPlaces} onFocus={setFocused} />
      )}
      <TimePlot
        chart={chart}
        lineCount={lines.length}
        clock={clock}
        look={look}
        label={describe(chart)}
        height={height}
        focused={focused}
        onCursor={setCursor}
      />
    </>
  );
}

function describe(chart: LiveChart): string {
  const said = chart.buffer.lines.slice(0, 8).map((line) => {
    const latest = chart.buffer.latest(line);
    return `${chart.lineTitles.get(line) ?? line} ${latest === null ? 'unknown' : formatNumber(latest.value)}`;
  });
  return `Chart of ${titleOfChart(chart)}${chart.measure.unit === null ? '' : ` in ${chart.measure.unit}`}: ${said.join(', ')}`;
}
