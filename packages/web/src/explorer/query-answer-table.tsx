import { Skeleton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { HistoryAnswer, TimeRange } from '@viaduct/contracts';
import { historyClient } from '../api/history-client.ts';
import { refreshMs } from '../tiles/use-series.ts';
import { formatMoment, formatNumber } from '../ui/format.ts';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import classes from './explorer.module.css';

/** What was typed, answered. */
export function useQueryAnswer(query: string) {
  return useQuery({
    queryKey: ['history-query', query],
    queryFn: () => historyClient.query({ query }),
    enabled: query !== '',
    retry: false,
  });
}

interface QueryAnswerTableProps {
  readonly query: string;
  /** Counts instead of the windows in the text. */
  readonly range: TimeRange;
}

/** What was typed, over the time of who shows it; asked for anew as that moves. */
export function QueryAnswerTable({ query, range }: QueryAnswerTableProps) {
  const everyMs = refreshMs(range);
  const answer = useQuery({
    queryKey: ['history-query', query, range],
    queryFn: () => historyClient.query({ query, range }),
    placeholderData: keepPreviousData,
    refetchInterval: Number.isFinite(everyMs) ? everyMs : false,
    retry: false,
  });
  if (answer.isError) return <ProblemAlert error={answer.error} />;
  return answer.isPending ? <Skeleton height={200} /> : <AnswerTable answer={answer.data} />;
}

/** More rows are for a download. */
const ROWS_SHOWN_MAX = 1_000;
/** A scrolling region must be reachable by keyboard: WCAG 2.1.1. */
const FOCUSABLE = { tabIndex: 0 };

export function AnswerTable({
  answer: { columns, rows, isCut },
}: {
  readonly answer: Pick<HistoryAnswer, 'columns' | 'rows' | 'isCut'>;
}) {
  if (rows.length === 0) return <p className={classes.note}>No rows.</p>;
  const isMore = isCut || rows.length > ROWS_SHOWN_MAX;
  return (
    <section className={classes.scroller} aria-label="Rows" {...FOCUSABLE}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map(({ name, type }) => (
              <th key={name} scope="col" data-number={type === 'number' || undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_SHOWN_MAX).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and do not move
            <tr key={index}>
              {columns.map(({ name, type }, column) => (
                <td key={name} data-number={type === 'number' || undefined}>
                  {cellText(row[column], type)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {isMore && <p className={classes.note}>The first {ROWS_SHOWN_MAX.toLocaleString()} rows; a download has all.</p>}
    </section>
  );
}

function cellText(value: unknown, type: HistoryAnswer['columns'][number]['type']): string {
  if (value === null || value === undefined) return '–';
  if (type === 'time') return formatMoment(String(value));
  if (typeof value === 'number') return formatNumber(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
