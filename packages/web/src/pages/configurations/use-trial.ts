import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ConfigurationTrial } from '@viaduct/contracts';
import { useMemo } from 'react';
import { trialQuery } from '../../api/configurations-client.ts';
import type { ConditionVerdict } from '../../editor/condition-field.tsx';
import type { QueryMistake } from '../../editor/query-editor.tsx';
import { type ConfigurationDraft, trialOf } from './configuration-draft.ts';

const TYPING_MS = 400;
const NOTHING = { content: {}, targetCondition: '' };

export interface TrialAnswer {
  readonly trial: ConfigurationTrial | null;
  readonly verdict: ConditionVerdict | null;
  readonly mistake: QueryMistake | null;
}

/** Whom it would reach, asked whenever typing pauses. */
export function useTrial(draft: ConfigurationDraft): TrialAnswer {
  const asked = trialOf(draft);
  const key = JSON.stringify(asked ?? null);
  const [settledKey] = useDebouncedValue(key, TYPING_MS);
  const settled = useMemo(() => JSON.parse(settledKey) as typeof asked | null, [settledKey]);
  const answer = useQuery({ ...trialQuery(settled ?? NOTHING), enabled: settled !== null && settled !== undefined });
  const trial = settledKey === key && settled !== null ? (answer.data ?? null) : null;
  const conditionError = trial?.conditionError ?? null;
  const at = trial?.conditionErrorAt ?? null;
  const mistake = useMemo(
    () => (conditionError === null || at === null ? null : { message: conditionError, ...at }),
    [conditionError, at],
  );
  if (answer.error !== null)
    return { trial: null, verdict: { isGood: false, words: answer.error.message }, mistake: null };
  return { trial, verdict: trial === null ? null : verdictOf(trial), mistake };
}

const NAMES_MAX = 3;

function verdictOf({ conditionError, targetedCount, first, kind }: ConfigurationTrial): ConditionVerdict | null {
  if (conditionError !== null) return { isGood: false, words: conditionError };
  if (targetedCount === null) return null;
  const things = kind === 'device' || kind === null ? 'device' : kind === 'module' ? 'module' : 'Edge device';
  if (targetedCount === 0)
    return { isGood: true, words: `Reaches no ${things} now; whatever fits later gets it then.` };
  const names = first
    .slice(0, NAMES_MAX)
    .map(({ deviceId, moduleId }) => [deviceId, moduleId].filter(Boolean).join('/'));
  const more = targetedCount > names.length ? ', …' : '';
  const count = `${targetedCount.toLocaleString('en')} ${things}${targetedCount === 1 ? '' : 's'}`;
  return { isGood: true, words: `Reaches ${count} now: ${names.join(', ')}${more}` };
}
