import assert from 'node:assert/strict';
import type { CommandMessage, DeviceIdentity } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { CommandRecord, KeepsCommands, KeepsRegistry, MakesRandomness, TellsTime } from '../ports.ts';

/** What a back end sends; `expiryTime` in ms since 1970. */
export type NewCommand = CommandMessage & { readonly expiryTime?: number };

export async function sendCommand(
  hub: KeepsCommands & KeepsRegistry & HoldsSessions & TellsTime & MakesRandomness,
  identity: DeviceIdentity,
  message: NewCommand,
): Promise<CommandRecord> {
  assert.fail(`not yet ${hub} ${identity} ${message}`);
}
