import assert from 'node:assert/strict';
import type { DeviceIdentity } from '@viaduct/contracts';
import type { TwinRecord } from '../ports.ts';
import type { ChangesTwins } from './change-twin.ts';

/** What a back end says about a twin; a section that is absent stays as it is. */
export interface TwinChange {
  readonly tags?: unknown;
  readonly desired?: unknown;
}

export async function patchTwin(
  hub: ChangesTwins,
  identity: DeviceIdentity,
  change: TwinChange,
  ifMatch?: string,
): Promise<TwinRecord> {
  assert.fail(`not yet ${hub} ${identity} ${change} ${ifMatch}`);
}

export async function replaceTwin(
  hub: ChangesTwins,
  identity: DeviceIdentity,
  change: TwinChange,
  ifMatch?: string,
): Promise<TwinRecord> {
  assert.fail(`not yet ${hub} ${identity} ${change} ${ifMatch}`);
}
