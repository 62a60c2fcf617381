import type { LiveChart } from '../live/device-feed.ts';
import { formatNumber } from '../ui/format.ts';

/** A charted value as text: a boolean is a number to the chart and a word to people. */
export function formatReading(chart: LiveChart, value: number): string {
  return chart.isBoolean ? (value === 0 ? 'off' : 'on') : formatNumber(value);
}
