import { useNavigate, useSearch } from '@tanstack/react-router';
import type { TimeRange } from '@viaduct/contracts';
import { useMemo } from 'react';
import { DAY_RANGE, readRange, type TimeChoice, type TimeSearch, writeRange } from './time-choice.ts';

export interface TimeControl extends TimeChoice {
  /** Merges; a choice of another range that does not move ends the live tail. */
  readonly choose: (choice: Partial<TimeChoice>) => void;
}

/** The time of the page, kept in its address. The page's route has `timeSearch` in its `validateSearch`. */
export function useTimeRange(fallback: TimeRange = DAY_RANGE): TimeControl {
  const { time, live = false, compare = false } = useSearch({ strict: false }) as TimeSearch;
  const navigate = useNavigate();
  const given = writeRange(fallback);
  return useMemo(() => {
    const range = readRange(time ?? given) ?? DAY_RANGE;
    const choose = (choice: Partial<TimeChoice>) => {
      const next = { range, isLive: live, isCompared: compare, ...choice };
      const wanted: TimeSearch = {
        time: writeRange(next.range) === given ? undefined : writeRange(next.range),
        live: (next.isLive && next.range.kind === 'last') || undefined,
        compare: next.isCompared || undefined,
      };
      void navigate({ to: '.', search: ((old: object) => ({ ...old, ...wanted })) as never, replace: true });
    };
    return { range, isLive: live && range.kind === 'last', isCompared: compare, choose };
  }, [time, live, compare, given, navigate]);
}
