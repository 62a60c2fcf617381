import assert from 'node:assert/strict';
import type { FeedbackBatch, KeepsCommands, MakesRandomness, TellsTime } from '../ports.ts';

/** At most LIMITS.FEEDBACK_BATCH_RECORDS_MAX of the oldest records, locked for the caller; undefined when none waits. */
export async function lockFeedbackBatch(
  hub: KeepsCommands & TellsTime & MakesRandomness,
): Promise<FeedbackBatch | undefined> {
  assert.fail(`not yet ${hub}`);
}

/** @throws HubError command.lockLost */
export async function completeFeedback(hub: KeepsCommands, lockToken: string): Promise<void> {
  assert.fail(`not yet ${hub} ${lockToken}`);
}

/** @throws HubError command.lockLost */
export async function abandonFeedback(hub: KeepsCommands, lockToken: string): Promise<void> {
  assert.fail(`not yet ${hub} ${lockToken}`);
}

/** Calls `listener` whenever feedback may wait that did not before. Returns how to stop listening. */
export function onFeedback(hub: KeepsCommands, listener: () => void): () => void {
  return hub.commands.onFeedback(listener);
}
