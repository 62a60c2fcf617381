import type { AttemptView } from '@viaduct/contracts';

/** Attempts that say the same, one after another: a device that is turned away tries again and again. */
export interface AttemptGroup {
  /** The newest. */
  readonly attempt: AttemptView;
  readonly count: number;
  readonly firstTime: number;
}

/** Newest first, as they come. Pure. */
export function groupAttempts(attempts: readonly AttemptView[]): readonly AttemptGroup[] {
  const groups: AttemptGroup[] = [];
  for (const attempt of attempts) {
    const last = groups.at(-1);
    if (last !== undefined && saysTheSame(last.attempt, attempt)) {
      groups[groups.length - 1] = { attempt: last.attempt, count: last.count + 1, firstTime: attempt.time };
    } else groups.push({ attempt, count: 1, firstTime: attempt.time });
  }
  return groups;
}

function saysTheSame(a: AttemptView, b: AttemptView): boolean {
  return (
    a.outcome !== 'assigned' &&
    a.outcome === b.outcome &&
    a.code === b.code &&
    a.registrationId?.toLowerCase() === b.registrationId?.toLowerCase() &&
    a.remoteAddress === b.remoteAddress &&
    a.transport === b.transport
  );
}
