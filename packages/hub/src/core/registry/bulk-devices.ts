import { asHubError, type DeviceIdentity, HubError, identityKey, LIMITS, requireValidId } from '@viaduct/contracts';
import type { JsonObject, MakesRandomness } from '../ports.ts';
import type { ChangesTwins } from '../twin/change-twin.ts';
import { patchTwin, type TwinChange } from '../twin/patch-twin.ts';
import { createDevice } from './create-device.ts';
import { deleteDevice } from './delete-device.ts';
import { objectAt, readDeviceInput, textAt } from './read-device-input.ts';
import { updateDevice } from './update-device.ts';

/** What creating, changing and removing devices and their twins touches. */
export type ChangesDevices = ChangesTwins & MakesRandomness;

export interface BulkResult {
  readonly isSuccessful: boolean;
  readonly errors: readonly BulkError[];
  readonly warnings: readonly never[];
}

interface BulkError {
  readonly deviceId: string;
  readonly moduleId?: string;
  readonly errorCode: string;
  readonly errorStatus: string;
}

/**
 * Creates, changes or removes many devices. Each has an outcome of its own; the whole is not atomic. Different devices are
 * done side by side, so that they share flushes to disk; what is said of one device is done in the order it is said.
 *
 * @throws HubError format.invalid (not a list), argument.invalid (too many)
 */
export async function bulkDevices(hub: ChangesDevices, json: unknown): Promise<BulkResult> {
  if (!Array.isArray(json)) throw new HubError('format.invalid', 'the body is a list of devices');
  if (json.length > LIMITS.BULK_DEVICES_MAX) {
    throw new HubError('argument.invalid', `at most ${LIMITS.BULK_DEVICES_MAX} devices at a time`);
  }
  const refusals = await applyBulkItems(hub, json, 'create');
  const errors = refusals.filter((refusal) => refusal !== undefined).map(bulkError);
  return { isSuccessful: errors.length === 0, errors, warnings: [] };
}

/** Why an item was not done. */
export interface ItemRefusal {
  /** As far as the item names one. */
  readonly identity: DeviceIdentity;
  readonly error: HubError;
}

export function bulkError({ identity, error }: ItemRefusal): BulkError {
  return { ...identity, errorCode: error.row.name, errorStatus: error.message };
}

/**
 * The outcome of each item, in their order; undefined where it is done. Modes: `create`, `update`, `createOrUpdate`, `delete`
 * and `updateTwin`, and all but `create` with `IfMatchETag` after them. An item that names none is done by `modeByDefault`.
 */
export async function applyBulkItems(
  hub: ChangesDevices,
  items: readonly unknown[],
  modeByDefault: 'create' | 'createOrUpdate',
): Promise<readonly (ItemRefusal | undefined)[]> {
  const byDevice = new Map<unknown, number[]>();
  for (const [index, item] of items.entries()) {
    const id = (item as { id?: unknown } | null)?.id;
    const ofDevice = byDevice.get(id);
    if (ofDevice === undefined) byDevice.set(id, [index]);
    else ofDevice.push(index);
  }
  const errors = new Array<ItemRefusal | undefined>(items.length);
  const inOrder = async (ofDevice: readonly number[]) => {
    for (const index of ofDevice) errors[index] = await attempt(hub, items[index], modeByDefault);
  };
  await Promise.all([...byDevice.values()].map(inOrder));
  return errors;
}

async function attempt(hub: ChangesDevices, item: unknown, modeByDefault: string): Promise<ItemRefusal | undefined> {
  let identity: DeviceIdentity = { deviceId: '' };
  try {
    if (!isItem(item)) throw new HubError('format.invalid', 'an item is not an object');
    identity = identityOfItem(item);
    await applyItem(hub, identity, item, modeByDefault);
    return undefined;
  } catch (thrown) {
    const error = asHubError(thrown);
    // A fault of ours is not one item's outcome: the whole request fails, and the fault is logged.
    if (error.code === 'server.fault') throw thrown;
    return { identity, error };
  }
}

async function applyItem(
  hub: ChangesDevices,
  identity: DeviceIdentity,
  item: JsonObject,
  modeByDefault: string,
): Promise<void> {
  const mode = textAt(item, 'importMode') ?? modeByDefault;
  const etag = textAt(item, 'eTag') ?? textAt(item, 'etag');
  const twinEtag = textAt(item, 'twinETag');
  switch (mode.toLowerCase()) {
    case 'create':
      // In one transaction: whoever is cut off finds the device with its twin, or no device.
      await createDevice(hub, identity, readDeviceInput(item), twinIn(item));
      return;
    case 'update':
      await updateDevice(hub, identity, readDeviceInput(item));
      return;
    case 'updateifmatchetag':
      await updateDevice(hub, identity, readDeviceInput(item), required(etag, 'eTag'));
      return;
    case 'createorupdate':
      await createOrUpdate(hub, identity, item);
      return changeTwin(hub, identity, item, undefined);
    case 'createorupdateifmatchetag':
      await createOrUpdate(hub, identity, item, required(etag, 'eTag'));
      return changeTwin(hub, identity, item, undefined);
    case 'delete':
      return deleteDevice(hub, identity);
    case 'deleteifmatchetag':
      return deleteDevice(hub, identity, required(etag, 'eTag'));
    case 'updatetwin':
      return changeTwin(hub, identity, item, undefined);
    case 'updatetwinifmatchetag':
      return changeTwin(hub, identity, item, required(twinEtag, 'twinETag'));
    default:
      throw new HubError('argument.invalid', `"${mode.slice(0, 40)}" is no importMode of ${identityKey(identity)}`);
  }
}

async function createOrUpdate(
  hub: ChangesDevices,
  identity: DeviceIdentity,
  item: JsonObject,
  ifMatch?: string,
): Promise<void> {
  const input = readDeviceInput(item);
  try {
    await createDevice(hub, identity, input);
  } catch (thrown) {
    const isThere = thrown instanceof HubError && (thrown.code === 'device.exists' || thrown.code === 'module.exists');
    if (!isThere) throw thrown;
    await updateDevice(hub, identity, input, ifMatch);
  }
}

async function changeTwin(
  hub: ChangesDevices,
  identity: DeviceIdentity,
  item: JsonObject,
  ifMatch?: string,
): Promise<void> {
  const change = twinIn(item);
  if (change.tags !== undefined || change.desired !== undefined) await patchTwin(hub, identity, change, ifMatch);
}

function twinIn(item: JsonObject): TwinChange {
  const desired = objectAt(objectAt(item, 'properties') ?? {}, 'desired');
  const tags = objectAt(item, 'tags');
  return { ...(tags && { tags }), ...(desired && { desired }) };
}

export function isItem(item: unknown): item is JsonObject {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

/** `{id, moduleId?}`, or `deviceId` where a client says so. @throws HubError device.idInvalid, argument.invalid */
export function identityOfItem(item: JsonObject): DeviceIdentity {
  const deviceId = requireValidId(textAt(item, 'id') ?? textAt(item, 'deviceId') ?? '');
  const moduleId = textAt(item, 'moduleId');
  return moduleId === undefined ? { deviceId } : { deviceId, moduleId: requireValidId(moduleId, 'module id') };
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new HubError('argument.invalid', `this importMode needs ${name}`);
  return value;
}
