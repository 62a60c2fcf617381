import { type DeviceIdentity, HubError, isDtmi } from '@viaduct/contracts';
import type { KeepsRegistry } from '../ports.ts';

const ATTEMPTS_MAX = 10;

/**
 * Keeps the digital twin model that a device announced when it connected. The entry's etag stays: nobody's view of who the
 * device is became stale. A device that is gone by now is no fault.
 *
 * @throws HubError argument.invalid (not a model identifier), store.unavailable (retry)
 */
export async function rememberModel(hub: KeepsRegistry, identity: DeviceIdentity, modelId: string): Promise<void> {
  if (!isDtmi(modelId)) throw new HubError('argument.invalid', 'the model id is not a digital twin model identifier');
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const entry = await hub.registry.find(identity);
    if (entry === undefined || entry.modelId === modelId) return;
    if (await hub.registry.replace({ ...entry, modelId }, entry.etag)) return;
  }
  throw new HubError('store.unavailable', 'the device is being changed too often at once');
}
