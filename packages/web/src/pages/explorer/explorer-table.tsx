import { Skeleton } from '@mantine/core';
import type { ExplorationView, HistoryAnswer } from '@viaduct/contracts';
import { useMemo } from 'react';
import classes from '../../explorer/explorer.module.css';
import { AnswerTable } from '../../explorer/query-answer-table.tsx';
import { type ExplorationSeries, useExploration } from '../../explorer/use-exploration.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';

/** What the chart is drawn from, newest first; texts and states too. */
export function ExplorerTable({ view, isLive }: { readonly view: ExplorationView; readonly isLive: boolean }) {
  const series = useExploration(view, isLive);
  const answer = useMemo(() => tableOf(view, series.answers), [view, series.answers]);
  if (view.lines.length === 0) return <p className={classes.note}>Add telemetry first.</p>;
  if (series.isPending) return <Skeleton height={380} />;
  return (
    <div className="card">
      {series.problem !== null && <ProblemAlert error={series.problem} />}
      <AnswerTable answer={answer} />
    </div>
  );
}

function tableOf({ lines }: ExplorationView, answers: ExplorationSeries['answers']): Omit<HistoryAnswer, 'durationMs'> {
  const rows = answers.flatMap((answer, index) =>
    (answer?.lines ?? []).flatMap(({ label, key, times, values }) =>
      times.map((time, at) => [
        new Date(time).toISOString(),
        ...[lines[index]?.path ?? '', key === 'all' ? '' : label, values[at] ?? null],
      ]),
    ),
  );
  rows.sort(([one], [other]) => (String(one) < String(other) ? 1 : -1));
  const isNumbers = rows.every((row) => typeof row[3] === 'number' || row[3] === null);
  return {
    columns: [
      { name: 'Time', type: 'time' },
      { name: 'Telemetry', type: 'text' },
      { name: 'Line', type: 'text' },
      { name: 'Value', type: isNumbers ? 'number' : 'json' },
    ],
    rows,
    isCut: answers.some((answer) => answer?.isCut === true),
  };
}
