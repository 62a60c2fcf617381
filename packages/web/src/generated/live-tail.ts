import type { ChartBuffer } from '../live/chart-buffer.ts';
import type { PlotLine } from '../tiles/align-lines.ts';
import type { Span } from '../time-range/time-choice.ts';

/** Live points that are appended at most: the history has the rest in a moment. */
const TAIL_POINTS_MAX = 600;

/**
 * A line of the history with what was heard after its last bucket began, so that a long window moves too. Points have no extremes: where
 * a bucket has a band, they have none. Pure.
 */
export function withLiveTail(past: PlotLine, buffer: ChartBuffer, line: string, span: Span): PlotLine {
  const column = buffer.lines.indexOf(line);
  const lastMs = past.times.at(-1) ?? span.fromMs;
  if (column < 0 || lastMs >= span.toMs) return past;
  const [times, ...columns] = buffer.window(lastMs / 1_000, span.toMs / 1_000);
  const tail = times
    .map((seconds, index) => ({ ms: seconds * 1_000, value: columns[column]?.[index] ?? null }))
    .filter(({ ms, value }) => ms > lastMs && value !== null)
    .slice(-TAIL_POINTS_MAX);
  if (tail.length === 0) return past;
  const values = tail.map(({ value }) => value);
  return {
    ...past,
    times: [...past.times, ...tail.map(({ ms }) => ms)],
    values: [...past.values, ...values],
    ...(past.min === undefined ? {} : { min: [...past.min, ...values] }),
    ...(past.max === undefined ? {} : { max: [...past.max, ...values] }),
  };
}
