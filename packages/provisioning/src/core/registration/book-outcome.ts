import type { TellsTime } from '@viaduct/hub';
import type { PendingAssignment, RegistrationRecord } from '../ports.ts';
import type { BooksAttempts } from '../provisioning.ts';

/** Books how a registration that was let in ended. */
export function bookOutcome(
  p: BooksAttempts & TellsTime,
  record: RegistrationRecord,
  asked: Pick<PendingAssignment, 'proof' | 'transport' | 'remoteAddress' | 'startedTime'>,
): void {
  const { registrationId, enrollmentKind, enrollmentId, status, substatus, assignedHub, deviceId, refusal } = record;
  const isAssigned = status === 'assigned';
  p.attempts.record({
    registrationId,
    enrollmentKind,
    enrollmentId,
    credential: asked.proof.kind,
    transport: asked.transport,
    remoteAddress: asked.remoteAddress,
    outcome: isAssigned || status === 'disabled' ? status : 'failed',
    substatus: isAssigned ? substatus : null,
    assignedHub: isAssigned ? assignedHub : null,
    deviceId: isAssigned ? deviceId : null,
    code: refusal?.code ?? null,
    message: refusal?.message ?? null,
    // A device that is told at once that it may not come did not wait for anything.
    durationMs: status === 'disabled' ? null : Math.max(0, p.clock.now() - asked.startedTime),
  });
}
