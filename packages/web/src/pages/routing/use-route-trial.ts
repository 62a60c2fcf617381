import { useDebouncedValue } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { RouteMatchCount, RouteSource, RouteTestResult, SampleMessage } from '@viaduct/contracts';
import { useMemo } from 'react';
import { routingClient } from '../../api/routing-client.ts';
import type { ConditionVerdict } from '../../editor/condition-field.tsx';
import type { QueryMistake } from '../../editor/query-editor.tsx';
import { readMistake } from '../../editor/read-mistake.ts';

const TYPING_MS = 350;

const countQuery = (source: RouteSource, condition: string) =>
  queryOptions({
    queryKey: ['routing', 'count', source, condition],
    queryFn: () => routingClient.count(source, condition),
    retry: false,
    gcTime: 30_000,
  });

export interface MatchCount {
  readonly count: RouteMatchCount | null;
  readonly verdict: ConditionVerdict | null;
  readonly mistake: QueryMistake | null;
}

/** What the condition would have taken of the newest records, asked whenever typing pauses. */
export function useMatchCount(source: RouteSource, condition: string): MatchCount {
  const [settled] = useDebouncedValue(condition.trim(), TYPING_MS);
  const answer = useQuery({ ...countQuery(source, settled), enabled: settled !== '' });
  const mistake = useMemo(() => readMistake(answer.error), [answer.error]);
  if (settled !== condition.trim() || settled === '') return { count: null, verdict: null, mistake: null };
  if (answer.error !== null) return { count: null, verdict: { isGood: false, words: answer.error.message }, mistake };
  if (answer.data === undefined) return { count: null, verdict: null, mistake: null };
  return { count: answer.data, verdict: { isGood: true, words: countWords(answer.data) }, mistake: null };
}

function countWords({ matched, examined }: RouteMatchCount): string {
  if (examined === 0) return 'Nothing of this kind has come yet to hold it against.';
  return `Would have matched ${matched.toLocaleString('en')} of the last ${examined.toLocaleString('en')}.`;
}

/** Whether one message would be taken; null while it is not known. */
export function useRouteTest(
  source: RouteSource,
  condition: string,
  message: SampleMessage,
): { readonly result: RouteTestResult | null; readonly error: Error | null } {
  const key = JSON.stringify([source, condition.trim(), message]);
  const [settled] = useDebouncedValue(key, TYPING_MS);
  const answer = useQuery({
    queryKey: ['routing', 'test', settled],
    queryFn: () => {
      const [askedSource, askedCondition, askedMessage] = JSON.parse(settled) as [RouteSource, string, SampleMessage];
      return routingClient.test(askedSource, askedCondition, askedMessage);
    },
    enabled: condition.trim() !== '',
    retry: false,
    gcTime: 30_000,
  });
  return { result: settled === key ? (answer.data ?? null) : null, error: answer.error };
}
