import type { SeriesAnswer } from '@viaduct/contracts';
import type { PlotLine } from './align-lines.ts';

/** Lines of an answer as a chart takes them: booleans as 0 and 1, texts left out. Pure. */
export function plotLines(
  answer: SeriesAnswer | null,
  title: string,
  extra: Pick<PlotLine, 'unit' | 'colour' | 'isDashed'> = {},
): readonly PlotLine[] {
  const lines = answer?.lines ?? [];
  return lines.map(({ key, label, times, values, min, max }) => ({
    ...extra,
    key: `${title}|${key}`,
    label: lineLabel(title, key, label, lines.length),
    times,
    values: values.map(numberOf),
    min,
    max,
  }));
}

function lineLabel(title: string, key: string, label: string, count: number): string {
  if (key === 'all' || title === '') return title === '' ? label : title;
  return count === 1 ? `${title} · ${label}` : label === '' ? title : `${title} · ${label}`;
}

export function numberOf(value: unknown): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
