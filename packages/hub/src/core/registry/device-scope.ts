import { type DeviceIdentity, HubError, LIMITS, requireValidId } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { KeepsRegistry, Presence, RegistryEntry } from '../ports.ts';
import { getDevice, getDeviceWithPresence } from './get-device.ts';
import { listDevices } from './list-devices.ts';

type ReadsScopes = KeepsRegistry & HoldsSessions;
type Listed = RegistryEntry & Presence;

/** Devices and modules that an Edge hub lets in on its own. */
export interface DeviceScope {
  readonly devices: readonly Listed[];
  readonly modules: readonly Listed[];
  /** Where the next page goes on; absent on the last. */
  readonly after?: string;
}

/**
 * A page of what lies directly below an Edge device: its leaf devices and the Edge devices it is the parent of, with their modules;
 * on the first page the device itself as well.
 *
 * @throws HubError credential.insufficientRights (who asks is no Edge hub), device.notFound, module.notFound
 */
export async function listDeviceScope(
  hub: ReadsScopes,
  asker: DeviceIdentity,
  page: { readonly limit: number; readonly after?: string },
): Promise<DeviceScope> {
  return scopePage(hub, await edgeDeviceOf(hub, asker), page);
}

/**
 * The same for an Edge device further down, on whose behalf its ancestor asks.
 *
 * @param authChain `{target};…;{asker}`: devices from the one meant up to the one that asks
 * @throws HubError as `listDeviceScope`, argument.invalid (no chain), device.outOfScope
 */
export async function listScopeOnBehalfOf(
  hub: ReadsScopes,
  asker: DeviceIdentity,
  authChain: string,
  page: { readonly limit: number; readonly after?: string },
): Promise<DeviceScope> {
  const edge = await edgeDeviceOf(hub, asker);
  // A module stands in the chain before its device.
  const [first = ''] = authChain.split(';');
  const target = await getDevice(hub, { deviceId: requireValidId(first.split('/', 1)[0] ?? '') });
  await requireBelow(hub, target, edge);
  return scopePage(hub, target, page);
}

/**
 * One device that lies anywhere below an Edge device, or is it, and its modules or the one that is named.
 *
 * @throws HubError as `listDeviceScope`, device.outOfScope
 */
export async function getDeviceInScope(
  hub: ReadsScopes,
  asker: DeviceIdentity,
  target: DeviceIdentity,
): Promise<DeviceScope> {
  const edge = await edgeDeviceOf(hub, asker);
  const device = await getDeviceWithPresence(hub, { deviceId: target.deviceId });
  await requireBelow(hub, device, edge);
  const modules =
    target.moduleId === undefined ? await modulesOf(hub, target.deviceId) : [await getDeviceWithPresence(hub, target)];
  return { devices: [device], modules };
}

const EDGE_HUB = '$edgeHub';

async function edgeDeviceOf(hub: ReadsScopes, { deviceId, moduleId }: DeviceIdentity): Promise<RegistryEntry> {
  const device = await getDevice(hub, { deviceId });
  if (moduleId === EDGE_HUB && device.capabilities.iotEdge) return device;
  throw new HubError('credential.insufficientRights', `only the ${EDGE_HUB} of an Edge device may ask for its scope`);
}

async function scopePage(
  hub: ReadsScopes,
  edge: RegistryEntry,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<DeviceScope> {
  const inScope = edge.deviceScope ?? '';
  const below = await listDevices(hub, { inScope, limit, ...(after === undefined ? {} : { after }) });
  const own = after === undefined ? [await getDeviceWithPresence(hub, edge)] : [];
  const devices = [...own, ...below];
  const modules = await Promise.all(devices.map(({ deviceId }) => modulesOf(hub, deviceId)));
  const last = below.length === limit ? below.at(-1) : undefined;
  return { devices, modules: modules.flat(), ...(last === undefined ? {} : { after: last.deviceId }) };
}

function modulesOf(hub: ReadsScopes, deviceId: string): Promise<readonly Listed[]> {
  return listDevices(hub, { modulesOf: deviceId, limit: LIMITS.MODULES_PER_DEVICE_MAX });
}

/** Goes up from `device`, parent by parent; a scope names its device and generation, so a namesake is no parent. */
async function requireBelow(hub: KeepsRegistry, device: RegistryEntry, edge: RegistryEntry): Promise<void> {
  let current: RegistryEntry | undefined = device;
  for (let level = 0; current !== undefined && level <= LIMITS.EDGE_NESTING_MAX; level++) {
    if (current.deviceId === edge.deviceId) return;
    current = await parentOf(hub, current);
  }
  throw new HubError('device.outOfScope', `device ${device.deviceId} is not below ${edge.deviceId}`);
}

async function parentOf(hub: KeepsRegistry, device: RegistryEntry): Promise<RegistryEntry | undefined> {
  const scope = device.capabilities.iotEdge ? device.parentScopes[0] : device.deviceScope;
  const [, deviceId] = /^ms-azure-iot-edge:\/\/(.+)-\d+$/.exec(scope ?? '') ?? [];
  if (deviceId === undefined) return undefined;
  const parent = await hub.registry.find({ deviceId });
  return parent?.deviceScope === scope ? parent : undefined;
}
