import assert from 'node:assert/strict';
import type { DeviceIdentity } from '@viaduct/contracts';
import type { TwinRecord } from '../ports.ts';
import type { ChangesTwins } from './change-twin.ts';

export async function patchReported(
  hub: ChangesTwins,
  identity: DeviceIdentity,
  patch: unknown,
  expectedVersion: number | null,
): Promise<TwinRecord> {
  assert.fail(`not yet ${hub} ${identity} ${patch} ${expectedVersion}`);
}
