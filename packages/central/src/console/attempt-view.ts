import { type AttemptView, ERRORS } from '@viaduct/contracts';
import type { AttemptRecord, Provisioning } from '@viaduct/provisioning';

/** An attempt as the console tells it: its reason with what to do. */
export function attemptView(provisioning: Pick<Provisioning, 'hostNames'>, attempt: AttemptRecord): AttemptView {
  const { enrollmentKind, enrollmentId, code, assignedHub, ...told } = attempt;
  const enrollment =
    enrollmentKind === null || enrollmentId === null ? null : { kind: enrollmentKind, id: enrollmentId };
  return {
    ...told,
    assignedHub,
    enrollment,
    isHere: isHubHere(provisioning, assignedHub),
    code,
    advice: code === null ? null : ERRORS[code].advice,
  };
}

/** Whether a hub is this server's, so that a device of it has a page here. */
export function isHubHere({ hostNames }: Pick<Provisioning, 'hostNames'>, hub: string | null): boolean {
  return hub !== null && hostNames.includes(hub);
}
