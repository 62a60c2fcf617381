import { type DeviceIdentity, HubError, LIMITS, requireValidId } from '@viaduct/contracts';
import type {
  AppendsToLog,
  KeepsRegistry,
  KnowsItsNames,
  MakesRandomness,
  RegistryEntry,
  TellsTime,
  TwinRecord,
} from '../ports.ts';
import { appendHappening } from '../record/append-happening.ts';
import { newTwin } from '../twin/new-twin.ts';
import { patchedTwin, requireTwinChange, type TwinChange } from '../twin/patch-twin.ts';
import { twinEventBody } from '../twin/twin-document.ts';
import type { DeviceInput } from './device-input.ts';
import { getDevice } from './get-device.ts';
import { newEntry } from './make-entry.ts';

type CreatesDevices = KeepsRegistry & AppendsToLog & TellsTime & MakesRandomness & KnowsItsNames;

/** What an Edge device has from the start. */
const EDGE_MODULES = ['$edgeAgent', '$edgeHub'];

/**
 * Makes a device or module with generated keys where none are given, and its twin in the same transaction: empty, or as `initial` has it.
 *
 * Resolves when the store and then the log hold it. When the log cannot, the device exists all the same and the caller
 * hears `log.unavailable`: asking again tells `device.exists`.
 *
 * @throws HubError device.idInvalid, argument.invalid, device.exists, module.exists, device.notFound (of a module),
 *   device.tooMany, twin.tooLarge, store.unavailable (retry), log.unavailable (retry)
 */
export async function createDevice(
  hub: CreatesDevices,
  identity: DeviceIdentity,
  input: DeviceInput = {},
  initial: TwinChange = {},
): Promise<RegistryEntry> {
  const { deviceId, moduleId } = identity;
  requireValidId(deviceId);
  if (moduleId !== undefined) requireValidId(moduleId, 'module id');
  await requireRoom(hub, identity);
  const entry = newEntry(hub, identity, input);
  const twin = initialTwin(hub, identity, initial);
  if (!(await hub.registry.insert(entry, twin))) {
    if (moduleId === undefined) throw new HubError('device.exists', `device ${deviceId} exists already`);
    await getDevice(hub, { deviceId });
    throw new HubError('module.exists', `module ${moduleId} of device ${deviceId} exists already`);
  }
  await appendHappening(hub, entry, {
    kind: 'lifecycle',
    opType: 'createDeviceIdentity',
    body: twinEventBody(twin),
    time: entry.createdTime,
  });
  if (moduleId === undefined && entry.capabilities.iotEdge) {
    for (const edgeModule of EDGE_MODULES) await createDevice(hub, { deviceId, moduleId: edgeModule });
  }
  return entry;
}

function initialTwin(hub: TellsTime, identity: DeviceIdentity, initial: TwinChange): TwinRecord {
  const { tags, desired } = requireTwinChange(initial);
  const empty = newTwin(identity);
  if (tags === undefined && desired === undefined) return empty;
  // One version back, for it is no change of a twin that somebody could have read before.
  const none = {
    ...empty,
    version: empty.version - 1,
    desired: desired ? { ...empty.desired, version: 0 } : empty.desired,
  };
  return patchedTwin(none, { ...(tags && { tags }), ...(desired && { desired }) }, hub.clock.now()).twin;
}

async function requireRoom(hub: KeepsRegistry, { deviceId, moduleId }: DeviceIdentity): Promise<void> {
  if (moduleId === undefined) {
    if ((await hub.registry.count({})) < LIMITS.DEVICES_MAX) return;
    throw new HubError('device.tooMany', `there are ${LIMITS.DEVICES_MAX} devices already`);
  }
  await getDevice(hub, { deviceId });
  if ((await hub.registry.count({ modulesOf: deviceId })) >= LIMITS.MODULES_PER_DEVICE_MAX) {
    throw new HubError('device.tooMany', `a device has at most ${LIMITS.MODULES_PER_DEVICE_MAX} modules`);
  }
}
