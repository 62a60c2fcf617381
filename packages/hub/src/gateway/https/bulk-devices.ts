import { asHubError, type DeviceIdentity, HubError, identityKey, LIMITS, requireValidId } from '@viaduct/contracts';
import type { Hub } from '../../core/hub.ts';
import type { JsonObject } from '../../core/ports.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { deleteDevice } from '../../core/registry/delete-device.ts';
import { updateDevice } from '../../core/registry/update-device.ts';
import { patchTwin, type TwinChange } from '../../core/twin/patch-twin.ts';
import { objectAt, readDeviceInput, textAt } from './read-device-input.ts';

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
export async function bulkDevices(hub: Hub, json: unknown): Promise<BulkResult> {
  if (!Array.isArray(json)) throw new HubError('format.invalid', 'the body is a list of devices');
  if (json.length > LIMITS.BULK_DEVICES_MAX) {
    throw new HubError('argument.invalid', `at most ${LIMITS.BULK_DEVICES_MAX} devices at a time`);
  }
  const byDevice = new Map<unknown, unknown[]>();
  for (const item of json as readonly unknown[]) {
    const id = (item as { id?: unknown } | null)?.id;
    byDevice.set(id, [...(byDevice.get(id) ?? []), item]);
  }
  const errors = await Promise.all([...byDevice.values()].map((items) => inOrder(hub, items)));
  return { isSuccessful: errors.flat().length === 0, errors: errors.flat(), warnings: [] };
}

async function inOrder(hub: Hub, items: readonly unknown[]): Promise<BulkError[]> {
  const errors: BulkError[] = [];
  for (const item of items) {
    const error = await attempt(hub, item);
    if (error !== undefined) errors.push(error);
  }
  return errors;
}

async function attempt(hub: Hub, item: unknown): Promise<BulkError | undefined> {
  let identity: DeviceIdentity = { deviceId: '' };
  try {
    if (typeof item !== 'object' || item === null) throw new HubError('format.invalid', 'an item is not an object');
    identity = identityOf(item as JsonObject);
    await applyItem(hub, identity, item as JsonObject);
    return undefined;
  } catch (thrown) {
    const error = asHubError(thrown);
    // A fault of ours is not one item's outcome: the whole request fails, and the fault is logged.
    if (error.code === 'server.fault') throw thrown;
    return { ...identity, errorCode: error.row.name, errorStatus: error.message };
  }
}

async function applyItem(hub: Hub, identity: DeviceIdentity, item: JsonObject): Promise<void> {
  const mode = textAt(item, 'importMode') ?? 'create';
  const etag = textAt(item, 'eTag') ?? textAt(item, 'etag');
  const twinEtag = textAt(item, 'twinETag');
  switch (mode.toLowerCase()) {
    case 'create':
      await createDevice(hub, identity, readDeviceInput(item));
      return changeTwin(hub, identity, item, undefined);
    case 'update':
      await updateDevice(hub, identity, readDeviceInput(item));
      return;
    case 'updateifmatchetag':
      await updateDevice(hub, identity, readDeviceInput(item), required(etag, 'eTag'));
      return;
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

async function changeTwin(hub: Hub, identity: DeviceIdentity, item: JsonObject, ifMatch?: string): Promise<void> {
  const desired = objectAt(objectAt(item, 'properties') ?? {}, 'desired');
  const tags = objectAt(item, 'tags');
  if (tags === undefined && desired === undefined) return;
  const change: TwinChange = { ...(tags && { tags }), ...(desired && { desired }) };
  await patchTwin(hub, identity, change, ifMatch);
}

function identityOf(item: JsonObject): DeviceIdentity {
  const deviceId = requireValidId(textAt(item, 'id') ?? textAt(item, 'deviceId') ?? '');
  const moduleId = textAt(item, 'moduleId');
  return moduleId === undefined ? { deviceId } : { deviceId, moduleId: requireValidId(moduleId, 'module id') };
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new HubError('argument.invalid', `this importMode needs ${name}`);
  return value;
}
