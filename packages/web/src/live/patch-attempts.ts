import type { InfiniteData } from '@tanstack/react-query';
import type { AttemptPage, AttemptView, LiveEvent } from '@viaduct/contracts';
import type { AttemptFilter } from '../api/provisioning-client.ts';

/** Attempts that a list on screen grows by before its oldest go. */
const SHOWN_MAX = 500;

/** Puts those that a list wants at its head, newest first, each once. The same data when it wants none. */
export function withAttempts(
  data: InfiniteData<AttemptPage> | undefined,
  filter: AttemptFilter,
  { attempts }: Pick<Extract<LiveEvent, { kind: 'attempts' }>, 'attempts'>,
): InfiniteData<AttemptPage> | undefined {
  const [first, ...others] = data?.pages ?? [];
  if (data === undefined || first === undefined) return data;
  const newest = first.items[0]?.id ?? 0;
  const added = attempts.filter((attempt) => attempt.id > newest && fits(attempt, filter)).reverse();
  if (added.length === 0) return data;
  const items = [...added, ...first.items];
  if (items.length <= SHOWN_MAX) return { ...data, pages: [{ ...first, items }, ...others] };
  const kept = items.slice(0, SHOWN_MAX);
  return { pages: [{ ...first, items: kept, before: kept.at(-1)?.id ?? 0 }], pageParams: data.pageParams.slice(0, 1) };
}

function fits(attempt: AttemptView, { kind, enrollmentId, registrationId, outcome }: AttemptFilter): boolean {
  if (outcome !== undefined && attempt.outcome !== outcome) return false;
  if (registrationId !== undefined && !isSameId(attempt.registrationId, registrationId)) return false;
  if (kind !== undefined && attempt.enrollment?.kind !== kind) return false;
  return enrollmentId === undefined || isSameId(attempt.enrollment?.id, enrollmentId);
}

function isSameId(a: string | null | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}
