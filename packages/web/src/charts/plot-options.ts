import uPlot from 'uplot';
import type { LiveChart } from '../live/live-field.ts';
import { isLonely } from '../tiles/series-options.ts';
import { formatClock, formatMark } from '../ui/format.ts';
import type { ChartLook } from './chart-look.ts';
import { type ChartStyle, lineColour, lineDash } from './chart-style.ts';

/** What the crosshair points at: a time in seconds and the value of each line there. */
export interface CursorReading {
  readonly time: number;
  readonly values: readonly (number | null)[];
}

/** Charts of a page share the crosshair through this key. */
const SYNC_KEY = 'viaduct';
/** Seconds between marks. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800];
const MARK_HALF_PIXELS = 22;
const FONT = '11px system-ui, sans-serif';

export interface LivePlot {
  readonly chart: LiveChart;
  readonly lineCount: number;
  readonly look: ChartLook;
  readonly style: ChartStyle;
  readonly onCursor: (reading: CursorReading | null) => void;
}

export function plotOptions(plot: LivePlot): Omit<uPlot.Options, 'width' | 'height'> {
  const { chart, lineCount, look, style, onCursor } = plot;
  return {
    padding: [8, 8, 0, 0],
    legend: { show: false },
    focus: { alpha: 0.18 },
    cursor: {
      sync: { key: SYNC_KEY, setSeries: false },
      drag: { x: false, y: false },
      points: { size: 6 },
      focus: { prox: -1 },
    },
    scales: {
      x: { time: true },
      y: { range: rangeOf(look, chart.measure.unit === '%' ? shareRange : niceRange) },
    },
    hooks: { setCursor: [(drawn) => onCursor(readingAt(drawn))] },
    axes: [timeAxis(style), valueAxis(style)],
    series: [{}, ...Array.from({ length: lineCount }, (_, index) => series(plot, index))],
  };
}

function readingAt({ cursor, data }: uPlot): CursorReading | null {
  const index = cursor.idx;
  if (index === null || index === undefined || (cursor.left ?? -1) < 0) return null;
  const [times, ...columns] = data;
  return { time: times[index] ?? 0, values: columns.map((column) => column[index] ?? null) };
}

function series({ lineCount, look, style }: LivePlot, index: number): uPlot.Series {
  const stroke = (index === 0 ? look.color : undefined) ?? lineColour(style, index);
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const isFilled = look.shape === undefined ? lineCount === 1 : look.shape === 'area';
  return {
    stroke,
    width: 1.6,
    dash: lineDash(index),
    points: { show: isLonely, size: 5, fill: stroke },
    ...(isFilled ? { fill: `${stroke}1f` } : {}),
    ...(look.shape === 'steps' && stepped !== undefined ? { paths: stepped } : {}),
  };
}

/** Ends that somebody asked for hold, whatever comes. */
function rangeOf({ min, max }: ChartLook, natural: typeof niceRange) {
  return (plot: uPlot, lowest: number | null, highest: number | null): uPlot.Range.MinMax => {
    const [low, high] = natural(plot, lowest, highest);
    return [min ?? low, max ?? high];
  };
}

/** A change smaller than this share of the value is not blown up to fill the chart. */
const SPAN_SHARE_MIN = 0.01;
/** Values that reach below this share of the highest show where zero is. */
const ZERO_SHARE = 0.4;

/** Some air above and below; zero is kept in sight when it is near anyway. */
function niceRange(_plot: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (min === null || max === null) return [0, 1];
  const size = Math.max(Math.abs(min), Math.abs(max)) || 1;
  const spare = Math.max(0, size * SPAN_SHARE_MIN - (max - min)) / 2;
  const [low, high] = [min - spare, max + spare];
  if (min >= 0 && min < max * ZERO_SHARE) return [0, high * 1.1];
  const pad = (high - low) * 0.1;
  return [low - pad, high + pad];
}

/** Shares are read against nothing, so zero is always shown. */
function shareRange(_plot: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  return [Math.min(0, min ?? 0), max === null || max === 0 ? 1 : max * 1.1];
}

function stepOf([first = 0, second = 1]: readonly number[]): number {
  return second - first;
}

function timeAxis(style: ChartStyle): uPlot.Axis {
  return {
    stroke: style.text,
    font: FONT,
    size: 26,
    space: 74,
    incrs: TIME_STEPS,
    grid: { show: false },
    ticks: { stroke: style.grid, size: 4, width: 1 },
    // A mark too near to the right edge would be cut off.
    values: (plot, marks) =>
      marks.map((seconds) => {
        const isCut = plot.valToPos(seconds, 'x') > plot.over.clientWidth - MARK_HALF_PIXELS;
        return isCut ? null : formatClock(seconds * 1_000);
      }),
  };
}

function valueAxis(style: ChartStyle): uPlot.Axis {
  return {
    stroke: style.text,
    font: FONT,
    size: 46,
    space: 30,
    grid: { stroke: style.grid, width: 1 },
    ticks: { show: false },
    values: (_plot: uPlot, marks: number[]) => marks.map((mark) => formatMark(mark, stepOf(marks))),
  };
}
