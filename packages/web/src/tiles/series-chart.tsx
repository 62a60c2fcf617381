import { useCallback, useMemo, useState } from 'react';
import type { Span } from '../time-range/time-choice.ts';
import { formatClock, formatNumber } from '../ui/format.ts';
import type { PlotLine } from './align-lines.ts';
import classes from './series-chart.module.css';
import { SeriesLegend } from './series-legend.tsx';
import type { LineAxis, LineShape } from './series-options.ts';
import { type Marker, SeriesPlot } from './series-plot.tsx';
import { extremesOf, SeriesTable } from './series-table.tsx';

export interface SeriesChartProps {
  readonly lines: readonly PlotLine[];
  readonly span: Span;
  /** What it is a chart of. */
  readonly label: string;
  /** Pixels; absent: what its place has. */
  readonly height?: number;
  /** `stacked`: a chart a line, one below the other. */
  readonly axis?: LineAxis | 'stacked';
  readonly shape?: LineShape;
  readonly hasXAxis?: boolean;
  readonly hasYAxis?: boolean;
  readonly hasLegend?: boolean;
  /** Ends of the value axis. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly markers?: readonly Marker[];
  readonly format?: (line: PlotLine, value: number) => string;
  /** Somebody dragged over a part. */
  readonly onZoom?: (span: Span) => void;
}

const NO_MARKERS: readonly Marker[] = [];
const NOBODY: ReadonlySet<string> = new Set();

/** Lines over time, with the band of their extremes, a legend that switches them, and the same as a table for who cannot see. */
export function SeriesChart(props: SeriesChartProps) {
  const { lines, span, label, height, axis = 'shared', shape = 'line', hasLegend = true } = props;
  const { hasXAxis = true, hasYAxis = true, markers = NO_MARKERS, format = withUnit, onZoom } = props;
  const [hidden, setHidden] = useState(NOBODY);
  const [focused, setFocused] = useState<number | null>(null);
  const [cursor, setCursor] = useState<{ at: number; values: readonly (number | null | undefined)[] } | null>(null);
  const onCursor = useCallback((values: readonly (number | null | undefined)[] | null, at: number) => {
    setCursor((former) => (values === null ? null : former?.at === at ? former : { at, values }));
  }, []);
  const lanes = useMemo(() => (axis === 'stacked' ? lines.map((line) => [line]) : [lines]), [axis, lines]);
  const toggle = (key: string) => setHidden((former) => toggled(former, key));
  const plot = { hidden, span, markers, onZoom, onCursor };
  const texts = lines.map((line, index) =>
    textOf(line, axis === 'stacked' ? undefined : cursor?.values[index], format),
  );
  return (
    <div className={classes.chart} style={height === undefined ? undefined : { height }}>
      {hasLegend && <SeriesLegend lines={lines} hidden={hidden} texts={texts} onToggle={toggle} onFocus={setFocused} />}
      {lanes.map((lane, index) => (
        <SeriesPlot
          key={axis === 'stacked' ? lane[0]?.key : 'all'}
          lines={lane}
          focused={axis === 'stacked' ? null : focused}
          label={`Chart of ${label}: ${describe(lane, format)}`}
          shape={{
            axis: axis === 'stacked' ? 'shared' : axis,
            shape,
            hasXAxis: hasXAxis && index === lanes.length - 1,
            hasYAxis,
            canZoom: onZoom !== undefined,
            min: props.min,
            max: props.max,
          }}
          {...plot}
        />
      ))}
      {cursor !== null && <span className={classes.pointed}>{formatClock(cursor.at)}</span>}
      <SeriesTable caption={label} lines={lines} format={format} />
    </div>
  );
}

function withUnit(line: PlotLine, value: number): string {
  return line.unit == null ? formatNumber(value) : `${formatNumber(value)} ${line.unit}`;
}

function textOf(line: PlotLine, pointed: number | null | undefined, format: typeof withUnit): string {
  const value = pointed ?? extremesOf(line).latest?.value;
  return value === undefined ? '–' : format(line, value);
}

/** So many lines are named to who does not see them; the table has them all. */
const NAMED_LINES_MAX = 4;

function describe(lines: readonly PlotLine[], format: typeof withUnit): string {
  const said = lines.slice(0, NAMED_LINES_MAX).map((line) => `${line.label} ${textOf(line, undefined, format)}`);
  return lines.length === 0 ? 'no data' : said.join(', ');
}

function toggled(former: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(former);
  if (!next.delete(key)) next.add(key);
  return next;
}
