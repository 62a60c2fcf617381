import assert from 'node:assert/strict';
import type { DeviceIdentity } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { KeepsRegistry, MakesRandomness, RegistryEntry, TellsTime } from '../ports.ts';
import type { DeviceInput } from './device-input.ts';

export async function updateDevice(
  hub: KeepsRegistry & HoldsSessions & TellsTime & MakesRandomness,
  identity: DeviceIdentity,
  input: DeviceInput,
  ifMatch?: string,
): Promise<RegistryEntry> {
  assert.fail(`not yet ${hub} ${identity} ${input} ${ifMatch}`);
}
