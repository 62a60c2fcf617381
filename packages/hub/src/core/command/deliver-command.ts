import assert from 'node:assert/strict';
import type { DeviceIdentity } from '@viaduct/contracts';
import type { CommandRecord, KeepsCommands, MakesRandomness, TellsTime } from '../ports.ts';

export async function lockNextCommand(
  hub: KeepsCommands & TellsTime & MakesRandomness,
  identity: DeviceIdentity,
): Promise<CommandRecord | undefined> {
  assert.fail(`not yet ${hub} ${identity}`);
}

/** @throws HubError command.lockLost */
export async function completeCommand(
  hub: KeepsCommands & TellsTime,
  identity: DeviceIdentity,
  lockToken: string,
): Promise<void> {
  assert.fail(`not yet ${hub} ${identity} ${lockToken}`);
}

/** @throws HubError command.lockLost */
export async function rejectCommand(
  hub: KeepsCommands & TellsTime,
  identity: DeviceIdentity,
  lockToken: string,
): Promise<void> {
  assert.fail(`not yet ${hub} ${identity} ${lockToken}`);
}

/** @throws HubError command.lockLost */
export async function abandonCommand(
  hub: KeepsCommands & TellsTime,
  identity: DeviceIdentity,
  lockToken: string,
): Promise<void> {
  assert.fail(`not yet ${hub} ${identity} ${lockToken}`);
}

/** When a connection ends: what it held unsettled waits again. Call it before a newer session may lock. */
export function releaseCommands(hub: KeepsCommands, identity: DeviceIdentity): Promise<void> {
  return hub.commands.unlockAll(identity);
}
