import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { targetCountQuery } from '../../../api/jobs-client.ts';
import type { ConditionVerdict } from '../../../editor/condition-field.tsx';
import type { QueryMistake } from '../../../editor/query-editor.tsx';
import { readMistake } from '../../../editor/read-mistake.ts';

const TYPING_MS = 350;

interface TargetCount {
  readonly verdict: ConditionVerdict | null;
  readonly mistake: QueryMistake | null;
  /** Null while it is not known. */
  readonly count: number | null;
}

/** How many devices a condition fits now, asked whenever typing pauses. */
export function useTargetCount(condition: string): TargetCount {
  const [settled] = useDebouncedValue(condition.trim(), TYPING_MS);
  const answer = useQuery({ ...targetCountQuery(settled), enabled: settled !== '' });
  const isCurrent = settled === condition.trim();
  const mistake = useMemo(() => readMistake(answer.error), [answer.error]);
  if (!isCurrent || settled === '') return { verdict: null, mistake: null, count: null };
  if (answer.error !== null) return { verdict: { isGood: false, words: answer.error.message }, mistake, count: null };
  if (answer.data === undefined) return { verdict: null, mistake: null, count: null };
  const { devices } = answer.data;
  const things = /^\s*from\s+devices\.modules\b/i.test(settled) ? 'module' : 'device';
  const words =
    devices === 0
      ? `Fits no ${things} now; a job that begins later asks again.`
      : `Fits ${devices.toLocaleString('en')} ${devices === 1 ? things : `${things}s`} now.`;
  return { verdict: { isGood: true, words }, mistake: null, count: devices };
}
