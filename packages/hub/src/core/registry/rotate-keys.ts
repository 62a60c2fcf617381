import { type DeviceIdentity, HubError } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { KeepsRegistry, MakesRandomness, RegistryEntry, TellsTime } from '../ports.ts';
import type { DeviceInput } from './device-input.ts';
import { getDevice } from './get-device.ts';
import { updateDevice } from './update-device.ts';

export type KeyToRotate = 'primary' | 'secondary' | 'both' | 'swap';

const ATTEMPTS_MAX = 10;

/**
 * Makes one of the two symmetric keys anew, or both, or exchanges them, so that a key can be replaced without a moment in which the
 * device has none that is valid: make the secondary anew, give it to the device, swap, make the secondary anew again.
 *
 * The connection is closed as for any change of credentials: who signed with the key that is gone stays out.
 *
 * @throws HubError device.notFound, module.notFound, argument.invalid for an identity without keys, store.unavailable (retry)
 */
export async function rotateKeys(
  hub: KeepsRegistry & HoldsSessions & TellsTime & MakesRandomness,
  identity: DeviceIdentity,
  which: KeyToRotate,
): Promise<RegistryEntry> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const entry = await getDevice(hub, identity);
    // A swap says what it read, so it must not overwrite what another writer has put there since.
    const changed = await updateDevice(hub, identity, rotationOf(entry, which), entry.etag).catch(unlessOvertaken);
    if (changed !== undefined) return changed;
  }
  throw new HubError('store.unavailable', 'the device is being changed too often at once');
}

function rotationOf({ deviceId, authentication }: RegistryEntry, which: KeyToRotate): DeviceInput {
  const { type, symmetricKey } = authentication;
  if (type !== 'sas') {
    throw new HubError('argument.invalid', `${deviceId} authenticates by ${type} and has no keys to rotate`);
  }
  const { primaryKey, secondaryKey } = symmetricKey;
  // An empty key asks for a new one.
  const rotated = {
    primary: { primaryKey: '', secondaryKey },
    secondary: { primaryKey, secondaryKey: '' },
    both: { primaryKey: '', secondaryKey: '' },
    swap: { primaryKey: secondaryKey, secondaryKey: primaryKey },
  } as const satisfies Record<KeyToRotate, object>;
  return { authentication: { type, symmetricKey: rotated[which] } };
}

function unlessOvertaken(thrown: unknown): undefined {
  if (thrown instanceof HubError && thrown.code === 'etag.mismatch') return;
  throw thrown;
}
