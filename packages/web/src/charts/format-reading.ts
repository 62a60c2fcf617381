import type { LiveChart } from '../live/live-field.ts';
import { formatDecimals } from '../ui/format.ts';
import type { CursorReading } from './plot-options.ts';

/** What a card is called. A line that has a chart to itself within an object brings its own name along. */
export function titleOfChart(chart: LiveChart): string {
  const [first, ...others] = chart.buffer.lines;
  const lineTitle = first === undefined ? undefined : chart.lineTitles.get(first);
  const isAlone = others.length === 0 && lineTitle !== undefined && !chart.title.endsWith(lineTitle);
  return isAlone ? `${chart.title} · ${lineTitle}` : chart.title;
}

/** A line's value under the crosshair, or its latest. */
export function lineText(
  chart: LiveChart,
  line: string,
  index: number,
  cursor: CursorReading | null,
  decimalPlaces?: number,
): string {
  const value = cursor === null ? chart.buffer.latest(line)?.value : cursor.values[index];
  return value === undefined || value === null ? '–' : formatDecimals(value, decimalPlaces);
}
