import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import type { LiveChart } from '../live/device-feed.ts';
import { CHART_STYLES } from './chart-style.ts';
import classes from './charts.module.css';
import { type CursorReading, plotOptions } from './plot-options.ts';

interface TimePlotProps {
  readonly chart: LiveChart;
  /** Right edge and width, by the server's clock. */
  readonly toSeconds: number;
  readonly windowSeconds: number;
  /** Changes whenever there is something new to draw. */
  readonly version: number;
  readonly label: string;
  readonly height: number;
  /** The line the legend singles out, or null. */
  readonly focused: number | null;
  readonly onCursor: (reading: CursorReading | null) => void;
}

/** One canvas. It is made anew when its lines or colours change; new data only redraws it. */
export function TimePlot(props: TimePlotProps) {
  const { chart, toSeconds, windowSeconds, version, label, height, focused, onCursor } = props;
  const scheme = useComputedColorScheme('light');
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const lineCount = chart.buffer.lines.length;

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const size = { width: Math.max(120, element.clientWidth), height };
    const made = new uPlot(plotOptions(chart, lineCount, CHART_STYLES[scheme], size, onCursor), [[]], element);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      const width = Math.max(120, element.clientWidth);
      if (width !== made.width) made.setSize({ width, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [chart, lineCount, scheme, height, onCursor]);

  useEffect(() => {
    const current = plot.current;
    // The version stands for the buffer's content, which changes in place.
    if (current === null || version < 0 || current.series.length !== lineCount + 1) return;
    const from = toSeconds - windowSeconds;
    current.batch(() => {
      current.setData(chart.buffer.window(from, toSeconds) as uPlot.AlignedData, false);
      current.setScale('x', { min: from, max: toSeconds });
    });
  }, [chart, version, toSeconds, windowSeconds, lineCount]);

  useEffect(() => {
    plot.current?.setSeries(focused === null ? null : focused + 1, { focus: true });
  }, [focused]);

  return <div ref={host} className={classes.plot} role="img" aria-label={label} />;
}
