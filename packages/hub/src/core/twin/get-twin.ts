import type { DeviceIdentity } from '@viaduct/contracts';
import type { KeepsTwins, TwinRecord } from '../ports.ts';
import { notFound } from '../registry/get-device.ts';

/** @throws HubError device.notFound, module.notFound */
export async function getTwin(hub: KeepsTwins, identity: DeviceIdentity): Promise<TwinRecord> {
  const twin = await hub.twins.find(identity);
  if (twin === undefined) throw notFound(identity);
  return twin;
}
