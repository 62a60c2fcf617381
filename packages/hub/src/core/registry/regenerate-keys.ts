import { asHubError, type DeviceIdentity, HubError, LIMITS } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { KeepsRegistry, MakesRandomness, TellsTime } from '../ports.ts';
import { identityOfItem, isItem } from './bulk-devices.ts';
import { type KeyToRotate, rotateKeys } from './rotate-keys.ts';

/** The wire's field names; keys and errors of modules say whose they are. */
export interface RegeneratedKeys {
  readonly policyKey: KeyToRotate;
  readonly rotatedKeys: readonly RotatedKey[];
  readonly errors: readonly KeyError[];
}

interface RotatedKey {
  readonly id: string;
  readonly moduleId?: string;
  readonly primaryKey: string | null;
  readonly secondaryKey: string | null;
}

interface KeyError {
  readonly id: string;
  readonly moduleId?: string;
  readonly errorCode: string;
  readonly errorStatus: string;
}

const KEYS_TO_ROTATE: readonly KeyToRotate[] = ['primary', 'secondary', 'both', 'swap'];

/**
 * Rotates the keys of many devices and modules, each with an outcome of its own; the whole is not atomic.
 *
 * @param json `{policyKey: 'primary' | 'secondary' | 'both' | 'swap', devices: [{id, moduleId?}]}`
 * @throws HubError argument.invalid (no list, none in it, or too many), keys.policyKeyInvalid, store.unavailable (retry)
 */
export async function regenerateKeys(
  hub: KeepsRegistry & HoldsSessions & TellsTime & MakesRandomness,
  { policyKey, devices }: { readonly policyKey?: unknown; readonly devices?: unknown },
): Promise<RegeneratedKeys> {
  const which = keyToRotate(policyKey);
  if (!Array.isArray(devices) || devices.length === 0) {
    throw new HubError('argument.invalid', 'devices is a list of {id, moduleId?}');
  }
  if (devices.length > LIMITS.BULK_DEVICES_MAX) {
    throw new HubError('argument.invalid', `at most ${LIMITS.BULK_DEVICES_MAX} devices at a time`);
  }
  // Side by side, so that they share flushes to disk. One that is named twice is rotated twice, and says so twice.
  const outcomes = await Promise.all((devices as readonly unknown[]).map((item) => regenerate(hub, item, which)));
  return {
    policyKey: which,
    rotatedKeys: outcomes.filter((outcome) => 'primaryKey' in outcome),
    errors: outcomes.filter((outcome) => 'errorCode' in outcome),
  };
}

async function regenerate(
  hub: KeepsRegistry & HoldsSessions & TellsTime & MakesRandomness,
  item: unknown,
  which: KeyToRotate,
): Promise<RotatedKey | KeyError> {
  let identity: DeviceIdentity = { deviceId: '' };
  try {
    if (!isItem(item)) throw new HubError('format.invalid', 'a device is {id, moduleId?}');
    identity = identityOfItem(item);
    const { authentication } = await rotateKeys(hub, identity, which);
    return { ...named(identity), ...authentication.symmetricKey };
  } catch (thrown) {
    const error = asHubError(thrown);
    // A fault of ours is not one device's outcome: the whole request fails, and the fault is logged.
    if (error.code === 'server.fault') throw thrown;
    return { ...named(identity), errorCode: error.row.name, errorStatus: error.message };
  }
}

function named({ deviceId, moduleId }: DeviceIdentity) {
  return { id: deviceId, ...(moduleId === undefined ? {} : { moduleId }) };
}

function keyToRotate(policyKey: unknown): KeyToRotate {
  const wanted = typeof policyKey === 'string' ? policyKey.toLowerCase() : undefined;
  const found = KEYS_TO_ROTATE.find((key) => key === wanted);
  if (found === undefined) throw new HubError('keys.policyKeyInvalid', `policyKey is ${KEYS_TO_ROTATE.join(', ')}`);
  return found;
}
