import assert from 'node:assert/strict';
import type { DeviceIdentity } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { AppendsToLog, KeepsRegistry, KeepsTwins, KnowsItsNames, TellsTime } from '../ports.ts';

export async function deleteDevice(
  hub: KeepsRegistry & KeepsTwins & HoldsSessions & AppendsToLog & TellsTime & KnowsItsNames,
  identity: DeviceIdentity,
  ifMatch?: string,
): Promise<void> {
  assert.fail(`not yet ${hub} ${identity} ${ifMatch}`);
}
