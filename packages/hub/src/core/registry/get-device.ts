import { type DeviceIdentity, HubError } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { KeepsRegistry, Presence, RegistryEntry } from '../ports.ts';

/** @throws HubError device.notFound, module.notFound */
export async function getDevice(hub: KeepsRegistry, identity: DeviceIdentity): Promise<RegistryEntry> {
  const entry = await hub.registry.find(identity);
  if (entry === undefined) throw notFound(identity);
  return entry;
}

/** The entry and when the device was last heard of, as of now. @throws HubError device.notFound, module.notFound */
export async function getDeviceWithPresence(
  hub: KeepsRegistry & HoldsSessions,
  identity: DeviceIdentity,
): Promise<RegistryEntry & Presence> {
  const [entry, presence] = await Promise.all([getDevice(hub, identity), hub.registry.findPresence(identity)]);
  return withLivePresence(hub, { ...entry, ...presence });
}

/** Presence is written behind, so memory knows better than the store. */
export function withLivePresence<T extends DeviceIdentity & Presence>(hub: HoldsSessions, device: T): T {
  const session = hub.sessions.find(device);
  const heardTime = Math.max(device.lastActivityTime, hub.sessions.activity.lastTime(device));
  if (session === undefined) return { ...device, connected: false, lastActivityTime: heardTime };
  const { connectedTime } = session;
  const lastActivityTime = Math.max(heardTime, session.lastActivityTime);
  return { ...device, connected: true, connectionStateUpdatedTime: connectedTime, lastActivityTime };
}

export function notFound({ deviceId, moduleId }: DeviceIdentity): HubError {
  return moduleId === undefined
    ? new HubError('device.notFound', `device ${deviceId} is not registered`)
    : new HubError('module.notFound', `module ${moduleId} of device ${deviceId} is not registered`);
}
