import { HubError, LIMITS } from '@viaduct/contracts';
import type { FeedbackBatch, KeepsCommands, MakesRandomness, TellsTime } from '../ports.ts';
import { newGuid } from './new-guid.ts';

/**
 * At most LIMITS.FEEDBACK_BATCH_RECORDS_MAX of the oldest records, locked for the caller; undefined when none waits. A
 * receiver that waits gets what there is at once: Azure waits up to 15 s for a batch to fill, which nobody depends on.
 *
 * @throws HubError store.unavailable (retry)
 */
export function lockFeedbackBatch(
  hub: KeepsCommands & TellsTime & MakesRandomness,
): Promise<FeedbackBatch | undefined> {
  const now = hub.clock.now();
  const lockedUntil = now + LIMITS.COMMAND_LOCK_SECONDS * 1_000;
  return hub.commands.lockFeedback(newGuid(hub), now, lockedUntil, LIMITS.FEEDBACK_BATCH_RECORDS_MAX);
}

/** The back end has it: the records are gone. @throws HubError command.lockLost */
export async function completeFeedback(hub: KeepsCommands, lockToken: string): Promise<void> {
  held(await hub.commands.completeFeedback(lockToken));
}

/** The records wait again, until they were handed out LIMITS.COMMAND_DELIVERIES_MAX times. @throws HubError command.lockLost */
export async function abandonFeedback(hub: KeepsCommands, lockToken: string): Promise<void> {
  held(await hub.commands.unlockFeedback(lockToken, LIMITS.COMMAND_DELIVERIES_MAX));
}

/** Calls `listener` whenever feedback may wait that did not before. Returns how to stop listening. */
export function onFeedback(hub: KeepsCommands, listener: () => void): () => void {
  return hub.commands.onFeedback(listener);
}

function held(found: boolean): void {
  if (!found) throw new HubError('command.lockLost', 'the lock of this feedback ran out, or it was settled before');
}
