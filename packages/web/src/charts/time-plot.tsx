import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import type { LiveChart } from '../live/live-field.ts';
import type { ChartLook } from './chart-look.ts';
import { CHART_STYLES } from './chart-style.ts';
import classes from './charts.module.css';
import type { PlotClock } from './plot-clock.ts';
import { type CursorReading, plotOptions } from './plot-options.ts';

interface TimePlotProps {
  readonly chart: LiveChart;
  readonly lineCount: number;
  readonly clock: PlotClock;
  readonly look: ChartLook;
  readonly label: string;
  readonly height: number;
  /** The line the legend singles out, or null. */
  readonly focused: number | null;
  readonly onCursor: (reading: CursorReading | null) => void;
}

const WIDTH_MIN = 120;

/**
 * One canvas, made anew when its lines or its look change. What comes draws on it without React, and only where there is something to see:
 * the chart is on screen, and it has a new point or has moved by a pixel.
 */
export function TimePlot({ chart, lineCount, clock, look, label, height, focused, onCursor }: TimePlotProps) {
  const scheme = useComputedColorScheme('light');
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const size = { width: Math.max(WIDTH_MIN, element.clientWidth), height };
    const options = plotOptions({ chart, lineCount, look, style: CHART_STYLES[scheme], onCursor });
    const made = new uPlot({ ...options, ...size }, [[]], element);
    plot.current = made;
    const redraw = redrawer(made, chart, clock);
    const leave = clock.subscribe(redraw);
    const resized = new ResizeObserver(() => {
      const width = Math.max(WIDTH_MIN, element.clientWidth);
      if (width !== made.width) made.setSize({ width, height });
    });
    resized.observe(element);
    const seen = new IntersectionObserver(([entry]) => redraw(entry?.isIntersecting));
    seen.observe(element);
    return () => {
      leave();
      resized.disconnect();
      seen.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [chart, lineCount, clock, look, scheme, height, onCursor]);

  useEffect(() => {
    plot.current?.setSeries(focused === null ? null : focused + 1, { focus: true });
  }, [focused]);

  return <div ref={host} className={classes.plot} role="img" aria-label={label} />;
}

function redrawer(plot: uPlot, chart: LiveChart, clock: PlotClock): (isSeen?: boolean) => void {
  let isVisible = false;
  let drawn = { version: -1, toSeconds: 0 };
  return (isSeen = isVisible) => {
    isVisible = isSeen;
    const toSeconds = clock.toSeconds();
    const { version } = chart.buffer;
    const windowSeconds = clock.windowSeconds();
    const movedPixels = ((toSeconds - drawn.toSeconds) / windowSeconds) * plot.width;
    // A line too many for this canvas: another one is about to be made.
    if (!isVisible || (version === drawn.version && movedPixels < 1)) return;
    if (chart.buffer.lines.length !== plot.series.length - 1) return;
    drawn = { version, toSeconds };
    const from = toSeconds - windowSeconds;
    plot.batch(() => {
      plot.setData(chart.buffer.window(from, toSeconds) as uPlot.AlignedData, false);
      plot.setScale('x', { min: from, max: toSeconds });
    });
  };
}
