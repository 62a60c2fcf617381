import { LIMITS } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { KeepsRegistry, ListDevices, Presence, RegistryEntry } from '../ports.ts';
import { withLivePresence } from './get-device.ts';

/** A page of devices in order of id, at most LIMITS.DEVICE_PAGE_MAX. The last id of a full page is `after` of the next. */
export async function listDevices(
  hub: KeepsRegistry & HoldsSessions,
  query: ListDevices,
): Promise<readonly (RegistryEntry & Presence)[]> {
  const limit = Math.min(Math.max(1, Math.trunc(query.limit)), LIMITS.DEVICE_PAGE_MAX);
  const found = await hub.registry.list({ ...query, limit });
  return found.map((device) => withLivePresence(hub, device));
}

/** How many devices there are. Modules do not count. */
export function countDevices(hub: KeepsRegistry, query: Omit<ListDevices, 'after' | 'limit'> = {}): Promise<number> {
  return hub.registry.count(query);
}
