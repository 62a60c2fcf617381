import type { DeviceIdentity } from '@viaduct/contracts';
import type { CommandRecord, KeepsCommands, KeepsRegistry, TellsTime } from '../ports.ts';
import { getDevice } from '../registry/get-device.ts';
import { feedbackFor } from './feedback-for.ts';

/** Empties a device's queue, what is in its hands included. Resolves with how many were removed. @throws HubError device.notFound */
export async function purgeCommands(
  hub: KeepsCommands & KeepsRegistry & TellsTime,
  identity: DeviceIdentity,
): Promise<number> {
  await getDevice(hub, identity);
  const purged = await hub.commands.purge(identity, feedbackFor(hub, 'Purged'));
  return purged.length;
}

/** What waits for a device or is in its hands, oldest first. @throws HubError device.notFound */
export async function listCommands(
  hub: KeepsCommands & KeepsRegistry,
  identity: DeviceIdentity,
): Promise<readonly CommandRecord[]> {
  await getDevice(hub, identity);
  return hub.commands.list(identity);
}
