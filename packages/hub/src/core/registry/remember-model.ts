import { type DeviceIdentity, HubError, isDtmi } from '@viaduct/contracts';
import type { KeepsRegistry } from '../ports.ts';

/**
 * Keeps the digital twin model that a device announced when it connected. The entry's etag stays: nobody's view of who the
 * device is became stale. A device that is gone by now is no fault.
 *
 * @throws HubError argument.invalid (not a model identifier), store.unavailable (retry)
 */
export async function rememberModel(hub: KeepsRegistry, identity: DeviceIdentity, modelId: string): Promise<void> {
  if (!isDtmi(modelId)) throw new HubError('argument.invalid', 'the model id is not a digital twin model identifier');
  const entry = await hub.registry.find(identity);
  // Most connects announce what is known: they must not cost a write.
  if (entry !== undefined && entry.modelId !== modelId) await hub.registry.saveModel(identity, modelId);
}
