import assert from 'node:assert/strict';
import type { DeviceIdentity } from '@viaduct/contracts';
import type { CommandRecord, KeepsCommands, KeepsRegistry, TellsTime } from '../ports.ts';

/** Resolves with how many were removed. */
export async function purgeCommands(
  hub: KeepsCommands & KeepsRegistry & TellsTime,
  identity: DeviceIdentity,
): Promise<number> {
  assert.fail(`not yet ${hub} ${identity}`);
}

export async function listCommands(
  hub: KeepsCommands & KeepsRegistry,
  identity: DeviceIdentity,
): Promise<readonly CommandRecord[]> {
  assert.fail(`not yet ${hub} ${identity}`);
}
