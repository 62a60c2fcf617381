import type { AxesChoice } from '@viaduct/contracts';
import { useCallback, useMemo, useState } from 'react';
import type { Span } from '../time-range/time-choice.ts';
import { formatClock, formatNumber } from '../ui/format.ts';
import type { PlotLine } from './align-lines.ts';
import classes from './series-chart.module.css';
import { SeriesLegend } from './series-legend.tsx';
import type { LineShape } from './series-options.ts';
import { type Marker, SeriesPlot } from './series-plot.tsx';
import { extremesOf, SeriesTable } from './series-table.tsx';
import { stackLines, unstacked } from './stack-lines.ts';

export interface SeriesChartProps {
  readonly lines: readonly PlotLine[];
  readonly span: Span;
  /** What it is a chart of. */
  readonly label: string;
  /** Pixels; absent: what its place has. */
  readonly height?: number;
  readonly axis?: AxesChoice;
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
  const lanes = useMemo(() => lanesOf(axis, lines, hidden), [axis, lines, hidden]);
  const toggle = (key: string) => setHidden((former) => toggled(former, key));
  const plot = { hidden, span, markers, onZoom, onCursor };
  const hasLanes = axis === 'lanes';
  const pointed = hasLanes ? [] : axis === 'stacked' ? unstacked(cursor?.values ?? []) : (cursor?.values ?? []);
  const texts = lines.map((line, index) => textOf(line, pointed[index], format));
  return (
    <div className={classes.chart} style={height === undefined ? undefined : { height }}>
      {hasLegend && <SeriesLegend lines={lines} hidden={hidden} texts={texts} onToggle={toggle} onFocus={setFocused} />}
      {lanes.map((lane, index) => (
        <SeriesPlot
          key={hasLanes ? lane[0]?.key : 'all'}
          lines={lane}
          focused={hasLanes ? null : focused}
          label={`Chart of ${label}: ${describe(hasLanes ? lane : lines, format)}`}
          shape={{
            axis: hasLanes ? 'shared' : axis,
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

/** What each canvas draws. A line that is switched off lifts no other. */
function lanesOf(axis: AxesChoice, lines: readonly PlotLine[], hidden: ReadonlySet<string>) {
  if (axis === 'lanes') return lines.map((line) => [line]);
  if (axis !== 'stacked') return [lines];
  const stacked = stackLines(lines.filter(({ key }) => !hidden.has(key)));
  return [lines.map((line) => stacked.find(({ key }) => key === line.key) ?? silent(line))];
}

function silent({ min: _min, max: _max, ...line }: PlotLine): PlotLine {
  return { ...line, values: line.values.map(() => null) };
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
