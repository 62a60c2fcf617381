import { formatMoment } from '../ui/format.ts';
import type { PlotLine } from './align-lines.ts';

interface SeriesTableProps {
  readonly caption: string;
  readonly lines: readonly PlotLine[];
  readonly format: (line: PlotLine, value: number) => string;
}

/** What a chart shows, for who does not see it: latest, lowest and highest of each line. */
export function SeriesTable({ caption, lines, format }: SeriesTableProps) {
  return (
    // Around it, not on it: a table is as wide as its words, whatever its width says, and would make the page scroll.
    <div className="hidden-visually">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {['Line', 'Latest', 'At', 'Lowest', 'Highest'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const { latest, lowest, highest } = extremesOf(line);
            const text = (value: number | undefined) => (value === undefined ? '–' : format(line, value));
            return (
              <tr key={line.key}>
                <th scope="row">{line.label}</th>
                <td>{text(latest?.value)}</td>
                <td>{latest === undefined ? '–' : formatMoment(new Date(latest.atMs).toISOString())}</td>
                <td>{text(lowest)}</td>
                <td>{text(highest)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface Extremes {
  readonly latest?: { readonly atMs: number; readonly value: number };
  readonly lowest?: number;
  readonly highest?: number;
}

/** Of the values, and of their buckets' extremes where there are some. */
export function extremesOf({ times, values, min, max }: PlotLine): Extremes {
  let [latestAt, lowest, highest] = [-1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  values.forEach((value, index) => {
    if (value === null) return;
    latestAt = index;
    lowest = Math.min(lowest, min?.[index] ?? value);
    highest = Math.max(highest, max?.[index] ?? value);
  });
  const value = values[latestAt];
  if (value === undefined || value === null) return {};
  return { latest: { atMs: times[latestAt] ?? 0, value }, lowest, highest };
}
