import { useNavigate, useSearch } from '@tanstack/react-router';
import type { TimeRange } from '@viaduct/contracts';
import { useMemo } from 'react';
import { DAY_RANGE, readRange, type TimeChoice, type TimeSearch, writeRange } from './time-choice.ts';

export interface TimeControl extends TimeChoice {
  /** Merges; a choice of another range that does not move ends the live tail. */
  readonly choose: (choice: Partial<TimeChoice>) => void;
  /** The address says a time. Where it does not, the range is what the page falls back to. */
  readonly isSet: boolean;
  /** Back to what the page falls back to. */
  readonly reset: () => void;
}

/**
 * The time of the page, kept in its address. The page's route has `timeSearch` in its `validateSearch`.
 *
 * @param isOptional without a time, the page's parts have their own: choosing the fallback is a choice too
 */
export function useTimeRange(fallback: TimeRange = DAY_RANGE, isOptional = false): TimeControl {
  const { time, live = false, compare = false } = useSearch({ strict: false }) as TimeSearch;
  const navigate = useNavigate();
  const given = writeRange(fallback);
  return useMemo(() => {
    const range = readRange(time ?? given) ?? DAY_RANGE;
    const choose = (choice: Partial<TimeChoice>) => {
      const next = { range, isLive: live, isCompared: compare, ...choice };
      const chosen = choice.range === undefined ? time : writeRange(choice.range);
      const wanted: TimeSearch = {
        time: !isOptional && chosen === given ? undefined : chosen,
        live: (next.isLive && next.range.kind === 'last') || undefined,
        compare: next.isCompared || undefined,
      };
      void navigate({ to: '.', search: ((old: object) => ({ ...old, ...wanted })) as never, replace: true });
    };
    const reset = () => {
      const none: TimeSearch = { time: undefined, live: undefined };
      void navigate({ to: '.', search: ((old: object) => ({ ...old, ...none })) as never, replace: true });
    };
    return {
      range,
      isSet: time !== undefined,
      reset,
      isLive: live && range.kind === 'last',
      isCompared: compare,
      choose,
    };
  }, [time, live, compare, given, navigate, isOptional]);
}
