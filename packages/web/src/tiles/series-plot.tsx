import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { CHART_STYLES } from '../charts/chart-style.ts';
import chartClasses from '../charts/charts.module.css';
import type { Span } from '../time-range/time-choice.ts';
import { type AlignedLines, alignLines, type PlotLine } from './align-lines.ts';
import classes from './series-chart.module.css';
import { type PlotHooks, type PlotShape, seriesOptions } from './series-options.ts';

export interface Marker {
  readonly atMs: number;
  readonly label: string;
}

interface SeriesPlotProps {
  readonly lines: readonly PlotLine[];
  /** Keys of the lines that are switched off. */
  readonly hidden: ReadonlySet<string>;
  /** The line the legend singles out, or null. */
  readonly focused: number | null;
  readonly span: Span;
  readonly shape: Omit<PlotShape, 'lines' | 'bands'>;
  readonly markers: readonly Marker[];
  readonly label: string;
  readonly onCursor: (values: readonly (number | null | undefined)[] | null, atMs: number) => void;
  readonly onZoom: ((span: Span) => void) | undefined;
}

const SIZE_MIN = 40;

/** One canvas. It is made anew when its lines, axes or colours change; new data only redraws it. */
export function SeriesPlot(props: SeriesPlotProps) {
  const { lines, hidden, focused, span, markers, label } = props;
  const scheme = useComputedColorScheme('light');
  const host = useRef<HTMLDivElement>(null);
  const [canvas, setCanvas] = useState<{ readonly plot: uPlot; readonly shapeKey: string } | null>(null);
  const shapeKey = JSON.stringify(shapeOf(props));
  // One of a former shape is about to go.
  const plot = canvas?.shapeKey === shapeKey ? canvas.plot : null;
  const aligned = useMemo(() => alignLines(lines), [lines]);
  const latest = useRef({ ...props, aligned });
  latest.current = { ...props, aligned };

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const shape = JSON.parse(shapeKey) as PlotShape;
    const options = seriesOptions(shape, CHART_STYLES[scheme], hooksOf(latest, CHART_STYLES[scheme].text));
    const size = () => ({
      width: Math.max(SIZE_MIN, element.clientWidth),
      height: Math.max(SIZE_MIN, element.clientHeight),
    });
    const made = new uPlot({ ...options, ...size() }, [[]], element);
    setCanvas({ plot: made, shapeKey });
    const observer = new ResizeObserver(() => {
      const { width, height } = size();
      if (width !== made.width || height !== made.height) made.setSize({ width, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      setCanvas(null);
    };
  }, [shapeKey, scheme]);

  useEffect(() => {
    if (plot === null) return;
    const shape = JSON.parse(shapeKey) as PlotShape;
    const bands = shape.bands.flatMap((has, index) =>
      has ? [aligned.lows[index] ?? [], aligned.highs[index] ?? []] : [],
    );
    plot.batch(() => {
      plot.setData([aligned.times, ...aligned.values, ...bands] as uPlot.AlignedData, false);
      plot.setScale('x', { min: span.fromMs / 1_000, max: span.toMs / 1_000 });
    });
  }, [aligned, span.fromMs, span.toMs, shapeKey, plot]);

  useEffect(() => {
    if (plot === null) return;
    const shape = JSON.parse(shapeKey) as PlotShape;
    let edge = shape.lines.length + 1;
    shape.lines.forEach(({ key }, index) => {
      const show = !hidden.has(key);
      plot.setSeries(index + 1, { show });
      if (shape.bands[index] !== true) return;
      plot.setSeries(edge++, { show });
      plot.setSeries(edge++, { show });
    });
  }, [hidden, shapeKey, plot]);

  useEffect(() => {
    plot?.setSeries(focused === null ? null : focused + 1, { focus: true });
  }, [focused, plot]);

  useEffect(() => {
    if (markers.length >= 0) plot?.redraw(false);
  }, [markers, plot]);

  return <div ref={host} className={`${chartClasses.plot} ${classes.plot}`} role="img" aria-label={label} />;
}

/** More bands than this only hide each other. */
const BANDED_LINES_MAX = 6;

function shapeOf({ lines, shape }: SeriesPlotProps): PlotShape {
  const isBanded = shape.shape === 'line' && lines.length <= BANDED_LINES_MAX;
  return {
    ...shape,
    lines: lines.map(({ key, colour, isDashed = false }) => ({
      key,
      isDashed,
      ...(colour === undefined ? {} : { colour }),
    })),
    bands: lines.map((line) => isBanded && line.min !== undefined && line.max !== undefined),
  };
}

type Latest = SeriesPlotProps & { readonly aligned: AlignedLines };

function hooksOf(latest: { readonly current: Latest }, ink: string): PlotHooks {
  return {
    onCursor(index) {
      if (index === null) return latest.current.onCursor(null, 0);
      const { times, values } = latest.current.aligned;
      latest.current.onCursor(
        values.map((column) => column[index]),
        (times[index] ?? 0) * 1_000,
      );
    },
    onZoom: (fromMs, toMs) => latest.current.onZoom?.({ fromMs, toMs }),
    onDraw: (drawn) => drawMarkers(drawn, latest.current.markers, ink),
  };
}

function drawMarkers(plot: uPlot, markers: readonly Marker[], ink: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.setLineDash([3, 3]);
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  for (const { atMs, label } of markers) {
    const x = plot.valToPos(atMs / 1_000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(label, x + 3, bbox.top + 11 * devicePixelRatio);
  }
  ctx.restore();
}
