import { HubError, LIMITS } from '@viaduct/contracts';
import { newGuid } from '../command/new-guid.ts';
import type { KeepsUploads, LockedFileNotification, MakesRandomness, TellsTime } from '../ports.ts';

/** The oldest notification that waits, locked for the caller; undefined when none does. @throws HubError store.unavailable (retry) */
export function lockFileNotification(
  hub: KeepsUploads & TellsTime & MakesRandomness,
): Promise<LockedFileNotification | undefined> {
  const now = hub.clock.now();
  const lockedUntil = now + LIMITS.FILE_NOTIFICATION_LOCK_SECONDS * 1_000;
  return hub.uploads.lockNotification(newGuid(hub), now, lockedUntil, notificationsExpiredBefore(now));
}

/** The back end has it: the notification is gone. @throws HubError command.lockLost */
export async function completeFileNotification(hub: KeepsUploads, lockToken: string): Promise<void> {
  held(await hub.uploads.completeNotification(lockToken));
}

/** It waits again, until it was handed out LIMITS.FILE_NOTIFICATION_DELIVERIES_MAX times. @throws HubError command.lockLost */
export async function abandonFileNotification(hub: KeepsUploads, lockToken: string): Promise<void> {
  held(await hub.uploads.unlockNotification(lockToken, LIMITS.FILE_NOTIFICATION_DELIVERIES_MAX));
}

/** Calls `listener` whenever a notification may wait that did not before. Returns how to stop listening. */
export function onFileNotification(hub: KeepsUploads, listener: () => void): () => void {
  return hub.uploads.onNotification(listener);
}

export function notificationsExpiredBefore(now: number): number {
  return now - LIMITS.FILE_NOTIFICATION_TTL_SECONDS * 1_000;
}

function held(found: boolean): void {
  if (!found) throw new HubError('command.lockLost', 'the lock of this notification ran out, or it was settled before');
}
