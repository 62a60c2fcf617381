import type { PlotClock } from '../charts/plot-clock.ts';
import type { LiveChart } from '../live/live-field.ts';
import { formatDuration, formatNumber } from '../ui/format.ts';

/** How much a single line changed since the window began, or since it was first heard within it: "▲ 1.2 in 5 min". Empty when it cannot be said. */
export function trendWords(chart: LiveChart, clock: Pick<PlotClock, 'toSeconds' | 'windowSeconds'>): string {
  const [line] = chart.buffer.lines;
  const latest = line === undefined ? null : chart.buffer.latest(line);
  const first = chart.buffer.firstSince(clock.toSeconds() - clock.windowSeconds());
  if (latest === null || first === null || latest.time - first.time < 1) return '';
  const change = latest.value - first.value;
  const time = formatDuration(Math.round(latest.time - first.time));
  if (change === 0) return `as ${time} ago`;
  return `${change > 0 ? '▲' : '▼'} ${formatNumber(Math.abs(change))} in ${time}`;
}
