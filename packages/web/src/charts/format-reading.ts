import type { LiveChart } from '../live/device-feed.ts';
import { formatNumber } from '../ui/format.ts';
import type { CursorReading } from './plot-options.ts';

/** A charted value as text: a boolean is a number to the chart and a word to people. */
export function formatReading(chart: LiveChart, value: number): string {
  return chart.isBoolean ? (value === 0 ? 'off' : 'on') : formatNumber(value);
}

/** What a card is called. A line that has a chart to itself within an object brings its own name along. */
export function titleOfChart(chart: LiveChart): string {
  const [first, ...others] = chart.buffer.lines;
  const lineTitle = first === undefined ? undefined : chart.lineTitles.get(first);
  const isAlone = others.length === 0 && lineTitle !== undefined && !chart.title.endsWith(lineTitle);
  return isAlone ? `${chart.title} · ${lineTitle}` : chart.title;
}

/** A line's value under the crosshair, or its latest. */
export function lineText(chart: LiveChart, line: string, index: number, cursor: CursorReading | null): string {
  const value = cursor === null ? chart.buffer.latest(line)?.value : cursor.values[index];
  return value === undefined || value === null ? '–' : formatReading(chart, value);
}
