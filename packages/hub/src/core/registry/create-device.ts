import assert from 'node:assert/strict';
import type { DeviceIdentity } from '@viaduct/contracts';
import type {
  AppendsToLog,
  KeepsRegistry,
  KnowsItsNames,
  MakesRandomness,
  RegistryEntry,
  TellsTime,
} from '../ports.ts';
import type { DeviceInput } from './device-input.ts';

export async function createDevice(
  hub: KeepsRegistry & AppendsToLog & TellsTime & MakesRandomness & KnowsItsNames,
  identity: DeviceIdentity,
  input: DeviceInput = {},
): Promise<RegistryEntry> {
  assert.fail(`not yet ${hub} ${identity} ${input}`);
}
