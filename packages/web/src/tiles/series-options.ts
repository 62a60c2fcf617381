import type { AxesChoice } from '@viaduct/contracts';
import uPlot from 'uplot';
import { type ChartStyle, lineColour, lineDash } from '../charts/chart-style.ts';
import { formatClock, formatMark } from '../ui/format.ts';
import type { PlotLine } from './align-lines.ts';

/** Of one canvas. Of scales that overlap, the first two are shown; what is stacked is summed up already, and filled down to what it stands on. */
type LineAxis = Exclude<AxesChoice, 'lanes'>;
export type LineShape = 'line' | 'step' | 'bars';

/** What needs a new canvas when it changes; data does not. */
export interface PlotShape {
  readonly lines: readonly Pick<PlotLine, 'key' | 'colour' | 'isDashed'>[];
  readonly bands: readonly boolean[];
  readonly axis: LineAxis;
  readonly shape: LineShape;
  readonly hasXAxis: boolean;
  readonly hasYAxis: boolean;
  readonly canZoom: boolean;
  /** Ends of the value axis, where they do not follow the values. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

export interface PlotHooks {
  onCursor(index: number | null): void;
  onZoom(fromMs: number, toMs: number): void;
  onDraw(plot: uPlot): void;
}

/** Charts of a page share the crosshair through this key. */
const SYNC_KEY = 'viaduct';
const FONT = '11px system-ui, sans-serif';
/** A drag shorter than this is a click. */
const DRAG_PIXELS_MIN = 8;
const DAY_SECONDS = 86_400;
const MONTH_SECONDS = 28 * DAY_SECONDS;

export function seriesOptions(
  shape: PlotShape,
  style: ChartStyle,
  hooks: PlotHooks,
): Omit<uPlot.Options, 'width' | 'height'> {
  const lines = shape.lines.map((line, index) => lineSeries(shape, line, index, style));
  const bandLines = shape.lines.flatMap((_line, index) => {
    if (shape.bands[index] !== true) return [];
    return [bandEdge(scaleOf(shape.axis, index)), bandEdge(scaleOf(shape.axis, index))];
  });
  return {
    // The last mark of the time axis reaches over the end of the chart.
    padding: [8, shape.hasXAxis ? 18 : shape.hasYAxis ? 8 : 2, shape.hasXAxis ? 0 : 4, shape.hasYAxis ? 0 : 2],
    legend: { show: false },
    focus: { alpha: 0.18 },
    cursor: {
      sync: { key: SYNC_KEY, setSeries: false },
      drag: { x: shape.canZoom, y: false, setScale: false, dist: DRAG_PIXELS_MIN },
      points: { size: 6 },
      focus: { prox: -1 },
    },
    scales: { x: { time: true }, ...scalesOf(shape) },
    axes: axesOf(shape, style),
    series: [{}, ...lines, ...bandLines],
    bands: bandsOf(shape, style),
    hooks: {
      setCursor: [(plot) => hooks.onCursor((plot.cursor.left ?? -1) < 0 ? null : (plot.cursor.idx ?? null))],
      setSelect: [(plot) => zoom(plot, hooks)],
      draw: [hooks.onDraw],
    },
  };
}

function zoom(plot: uPlot, hooks: PlotHooks): void {
  const { left, width } = plot.select;
  if (width < DRAG_PIXELS_MIN) return;
  const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  hooks.onZoom(from * 1_000, to * 1_000);
}

export function colourOf(line: Pick<PlotLine, 'colour'>, index: number, style: ChartStyle): string {
  return line.colour ?? lineColour(style, index);
}

export function dashOf(line: Pick<PlotLine, 'isDashed'>, index: number): number[] {
  return line.isDashed === true ? [4, 4] : lineDash(index);
}

function lineSeries(
  shape: PlotShape,
  line: PlotShape['lines'][number],
  index: number,
  style: ChartStyle,
): uPlot.Series {
  const stroke = colourOf(line, index, style);
  const paths = pathsOf(shape.shape);
  // A band says how far values went; an area below the line would hide it.
  const isAlone = shape.lines.length === 1 && shape.bands[index] !== true;
  const isGround = shape.axis === 'stacked' && index === 0;
  const isFilled = shape.shape === 'bars' || isAlone || isGround;
  return {
    scale: scaleOf(shape.axis, index),
    stroke,
    width: 1.6,
    dash: dashOf(line, index),
    points: { show: shape.shape === 'line' ? isLonely : false, size: 5, fill: stroke },
    ...(isFilled ? { fill: `${stroke}${shape.shape === 'bars' ? 'cc' : isGround ? STACK_ALPHA : '1f'}` } : {}),
    ...(paths === undefined ? {} : { paths }),
  };
}

/** A single point makes no line, so it is a dot. */
export function isLonely(plot: uPlot, seriesIndex: number): boolean {
  const column = plot.data[seriesIndex] ?? [];
  let spoken = 0;
  for (const value of column) if (value !== null && value !== undefined && ++spoken > 1) return false;
  return spoken === 1;
}

function pathsOf(shape: LineShape): uPlot.Series.PathBuilder | undefined {
  if (shape === 'step') return uPlot.paths.stepped?.({ align: 1 });
  return shape === 'bars' ? uPlot.paths.bars?.({ size: [0.8, 40] }) : undefined;
}

function bandEdge(scale: string): uPlot.Series {
  return { scale, width: 0, points: { show: false } };
}

/** Of what is between a line and the one it stands on, in hexadecimal. */
const STACK_ALPHA = '55';

function bandsOf(shape: PlotShape, style: ChartStyle): uPlot.Band[] {
  if (shape.axis === 'stacked') {
    return shape.lines.slice(1).map((line, index) => ({
      series: [index + 2, index + 1] as uPlot.Band.Bounds,
      fill: `${colourOf(line, index + 1, style)}${STACK_ALPHA}`,
    }));
  }
  let next = shape.lines.length + 1;
  return shape.lines.flatMap((line, index) => {
    if (shape.bands[index] !== true) return [];
    const [low, high] = [next, next + 1];
    next += 2;
    return [{ series: [high, low] as uPlot.Band.Bounds, fill: `${colourOf(line, index, style)}26` }];
  });
}

function scaleOf(axis: LineAxis, index: number): string {
  return axis === 'overlap' ? `y${index}` : 'y';
}

function scalesOf(shape: PlotShape): uPlot.Scales {
  const range = rangeFor(shape);
  if (shape.axis !== 'overlap') return { y: { range } };
  return Object.fromEntries(shape.lines.map((_line, index) => [scaleOf('overlap', index), { range }]));
}

/** As the tile says, or as the values ask. */
function rangeFor({ shape, axis, min, max }: PlotShape): uPlot.Range.Function {
  const asked = shape === 'bars' || axis === 'stacked' ? fromZero : niceRange;
  return (plot, low, high, scale) => {
    const [from, to] = asked(plot, low, high, scale);
    const [least, most] = [min ?? from, max ?? to];
    return least !== null && most !== null && least < most ? [least, most] : [from, to];
  };
}

/** A change smaller than this share of the value is not blown up to fill the chart. */
const SPAN_SHARE_MIN = 0.01;

function niceRange(_plot: uPlot, min: number | null, max: number | null, _scale: string): uPlot.Range.MinMax {
  if (min === null || max === null) return [0, 1];
  const size = Math.max(Math.abs(min), Math.abs(max)) || 1;
  const pad = Math.max(size * SPAN_SHARE_MIN, max - min) * 0.1;
  return [min - pad, max + pad];
}

function fromZero(_plot: uPlot, min: number | null, max: number | null, _scale: string): uPlot.Range.MinMax {
  if (min === null || max === null || (min === 0 && max === 0)) return [0, 1];
  return [Math.min(0, min * 1.05), Math.max(0, max * 1.05)];
}

function axesOf(shape: PlotShape, style: ChartStyle): uPlot.Axis[] {
  const own = shape.axis === 'overlap' ? shape.lines.slice(0, 2) : shape.lines.slice(0, 1);
  return [
    timeAxis(shape, style),
    ...own.map((line, index) => ({
      ...valueAxis(style),
      show: shape.hasYAxis,
      scale: scaleOf(shape.axis, index),
      side: index === 0 ? (3 as const) : (1 as const),
      grid: { show: index === 0, stroke: style.grid, width: 1 },
      ...(shape.axis === 'overlap' ? { stroke: colourOf(line, index, style) } : {}),
    })),
  ];
}

function timeAxis(shape: PlotShape, style: ChartStyle): uPlot.Axis {
  return {
    show: shape.hasXAxis,
    stroke: style.text,
    font: FONT,
    size: 24,
    space: 70,
    grid: { show: false },
    ticks: { stroke: style.grid, size: 4, width: 1 },
    values: (_plot, marks, _axis, _space, step) => marks.map((seconds) => timeMark(seconds, step)),
  };
}

/** The month and the year where steps are months, the day where a day begins or steps are days; else the clock, with seconds where steps are seconds. */
function timeMark(seconds: number, step: number): string {
  const at = new Date(seconds * 1_000);
  const isMidnight = at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0;
  if (step >= MONTH_SECONDS) return at.toLocaleDateString(undefined, { month: 'short', year: 'numeric' });
  if (step >= DAY_SECONDS || isMidnight) return at.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
  const clock = formatClock(at.getTime());
  return step < 60 ? clock : clock.slice(0, 5);
}

function valueAxis(style: ChartStyle): uPlot.Axis {
  return {
    stroke: style.text,
    font: FONT,
    size: 46,
    space: 28,
    ticks: { show: false },
    values: (_plot, marks) => {
      const [first = 0, second = 1] = marks;
      return marks.map((mark) => formatMark(mark, second - first));
    },
  };
}
