import { Table } from '@mantine/core';
import { useState } from 'react';
import type { LiveChart } from '../live/live-field.ts';
import type { FeedView } from '../live/use-device-feed.ts';
import { formatClock, formatNumber } from '../ui/format.ts';
import classes from './charts.module.css';
import { titleOfChart } from './format-reading.ts';
import { type PlotClock, useClocked } from './plot-clock.ts';

interface LiveTableProps {
  readonly view: FeedView;
  readonly clock: PlotClock;
}

/** What the charts show, for who does not see them: latest, lowest and highest of the window, made only when opened. */
export function LiveTable(props: LiveTableProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={classes.summary}>The same as a table</summary>
      {isOpen && <Values {...props} />}
    </details>
  );
}

function Values({ view, clock }: LiveTableProps) {
  const toSeconds = useClocked(clock, () => Math.floor(clock.toSeconds()) + 1);
  const charts = [...view.feed.charts.values()].sort((a, b) => a.order - b.order);
  return (
    <section className={classes.table} aria-label="Latest values" tabIndex={-1}>
      <Table withRowBorders verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            {['Telemetry', 'Latest', 'At', 'Lowest', 'Highest'].map((title) => (
              <Table.Th key={title} scope="col">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {charts.flatMap((chart) =>
            rowsOf(chart, toSeconds, clock.windowSeconds()).map(({ key, ...row }) => <Row key={key} {...row} />),
          )}
        </Table.Tbody>
      </Table>
    </section>
  );
}

interface RowProps {
  readonly title: string;
  readonly latest: string;
  readonly at: string;
  readonly low: string;
  readonly high: string;
}

function Row({ title, latest, at, low, high }: RowProps) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        {title}
      </Table.Th>
      <Table.Td className="number">{latest}</Table.Td>
      <Table.Td className="number">{at}</Table.Td>
      <Table.Td className="number">{low}</Table.Td>
      <Table.Td className="number">{high}</Table.Td>
    </Table.Tr>
  );
}

function rowsOf(chart: LiveChart, toSeconds: number, windowSeconds: number): (RowProps & { readonly key: string })[] {
  const [, ...columns] = chart.buffer.window(toSeconds - windowSeconds, toSeconds);
  const unit = chart.measure.unit === null ? '' : ` ${chart.measure.unit}`;
  return chart.buffer.lines.map((line, index) => {
    const values = (columns[index] ?? []).filter((value) => typeof value === 'number');
    const latest = chart.buffer.latest(line);
    const text = (value: number | undefined) => (value === undefined ? '–' : `${formatNumber(value)}${unit}`);
    const lineTitle = chart.lineTitles.get(line) ?? line;
    return {
      key: `${chart.key} ${line}`,
      title: chart.buffer.lines.length === 1 ? titleOfChart(chart) : `${chart.title} · ${lineTitle}`,
      latest: text(latest?.value),
      at: latest === null ? '–' : formatClock(latest.time * 1_000),
      low: text(extreme(values, Math.min)),
      high: text(extreme(values, Math.max)),
    };
  });
}

function extreme(values: readonly number[], pick: (a: number, b: number) => number): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => pick(a, b));
}
