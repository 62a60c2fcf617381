import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { QueryVocabulary } from '@viaduct/contracts';
import { vocabularyQuery } from '../api/query-queries.ts';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import classes from './condition-field.module.css';
import { QueryEditor, type QueryMistake } from './query-editor.tsx';

/** What the server says of a condition: how much it fits now, or why it cannot be understood. */
export interface ConditionVerdict {
  readonly isGood: boolean;
  readonly words: string;
}

interface ConditionFieldProps {
  readonly label: string;
  readonly description: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly hint?: string;
  /** Null while it is not known. */
  readonly verdict: ConditionVerdict | null;
  readonly mistake?: QueryMistake | null;
  /** Where conditions are about something else than twins. */
  readonly adapt?: (fleet: QueryVocabulary) => QueryVocabulary;
}

/** Which devices: a condition of the query language, and beneath it what it fits now. */
export function ConditionField({ label, description, verdict, adapt, ...editor }: ConditionFieldProps) {
  const vocabulary = useQuery({ ...vocabularyQuery, ...(adapt === undefined ? {} : { select: adapt }) });
  return (
    <div className={classes.field}>
      <span className={classes.label} aria-hidden="true">
        {label}
      </span>
      <span className={classes.description}>{description}</span>
      {vocabulary.isError && <ProblemAlert error={vocabulary.error} onRetry={() => void vocabulary.refetch()} />}
      {vocabulary.isPending && <Skeleton height={78} />}
      {vocabulary.data !== undefined && <QueryEditor label={label} vocabulary={vocabulary.data} {...editor} />}
      <span className={classes.verdict} data-good={verdict?.isGood} role="status">
        {verdict?.words ?? ''}
      </span>
    </div>
  );
}
