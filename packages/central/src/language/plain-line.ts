import type { SeriesQuery } from './series-query.ts';
import type { TelemetryPlan } from './telemetry-plan.ts';

/** A line while it is being made. */
export interface PlainLine {
  readonly key: string;
  readonly times: number[];
  readonly values: unknown[];
  readonly min?: (number | null)[];
  readonly max?: (number | null)[];
  readonly deviceIds?: string[];
}

/** What a chart reads, ready to be read. */
export interface SeriesRead {
  readonly plan: TelemetryPlan;
  readonly series: SeriesQuery;
  readonly text: string;
  readonly signal?: AbortSignal;
}

/** A property's value as the key of a line; those that have none are one line. */
export function keyOf(value: unknown): string {
  return value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}
