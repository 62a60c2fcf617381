import { type DeviceIdentity, HubError, LIMITS } from '@viaduct/contracts';
import type { CommandKind, CommandRecord, KeepsCommands, MakesRandomness, TellsTime } from '../ports.ts';
import { feedbackFor } from './feedback-for.ts';
import { newGuid } from './new-guid.ts';

/**
 * The oldest command of this kind that waits for this device, locked for `lockSeconds`; undefined when none waits.
 * A lock that runs out puts the command back without counting a delivery. A connection names the kind it listens for, so that
 * a command for the other one neither reaches it nor stands in the way.
 *
 * @throws HubError store.unavailable (retry)
 */
export async function lockNextCommand(
  hub: KeepsCommands & TellsTime & MakesRandomness,
  identity: DeviceIdentity,
  kind: CommandKind = 'any',
  lockSeconds: number = LIMITS.COMMAND_LOCK_SECONDS,
): Promise<CommandRecord | undefined> {
  // Looking is cheap, and locking is a write: a session asks at every wake-up, mostly in vain.
  if ((await hub.commands.depth(identity)) === 0) return undefined;
  const now = hub.clock.now();
  return hub.commands.lockNext(identity, newGuid(hub), now, now + Math.round(lockSeconds * 1_000), kind);
}

/** The device has it: the command is gone. @throws HubError command.lockLost, store.unavailable (retry) */
export async function completeCommand(
  hub: KeepsCommands & TellsTime,
  identity: DeviceIdentity,
  lockToken: string,
): Promise<void> {
  held(await hub.commands.takeLocked(identity, lockToken, feedbackFor(hub, 'Success')));
}

/** The device will not have it: the command is gone. @throws HubError command.lockLost, store.unavailable (retry) */
export async function rejectCommand(
  hub: KeepsCommands & TellsTime,
  identity: DeviceIdentity,
  lockToken: string,
): Promise<void> {
  held(await hub.commands.takeLocked(identity, lockToken, feedbackFor(hub, 'Rejected')));
}

/**
 * Not now: the command waits again, until it was handed out LIMITS.COMMAND_DELIVERIES_MAX times. Who abandons decides when
 * to ask again; no session is woken.
 *
 * @throws HubError command.lockLost, store.unavailable (retry)
 */
export async function abandonCommand(
  hub: KeepsCommands & TellsTime,
  identity: DeviceIdentity,
  lockToken: string,
): Promise<void> {
  const feedback = feedbackFor(hub, 'DeliveryCountExceeded');
  held(await hub.commands.abandon(identity, lockToken, LIMITS.COMMAND_DELIVERIES_MAX, feedback));
}

/**
 * Not delivered after all, or the link it went to is gone: these commands wait again, uncounted. Others that the device holds
 * by another link or protocol stay locked.
 *
 * @throws HubError store.unavailable (retry)
 */
export async function unlockCommands(
  hub: KeepsCommands,
  identity: DeviceIdentity,
  lockTokens: readonly string[],
): Promise<void> {
  if (lockTokens.length > 0) await hub.commands.unlock(identity, lockTokens);
}

function held(command: CommandRecord | undefined): void {
  if (command === undefined) {
    throw new HubError('command.lockLost', 'the lock ran out, or the command was settled, purged or deleted');
  }
}
