import { type DeviceIdentity, HubError, isDtmi } from '@viaduct/contracts';
import { appendDigitalTwinChange } from '../digital-twin/append-digital-twin-change.ts';
import type { AppendsToLog, KeepsRegistry, KeepsTwins, KnowsItsNames, TellsTime } from '../ports.ts';

/**
 * Keeps the digital twin model that a device announced when it connected. The entry's etag stays: nobody's view of who the
 * device is became stale. Readers of the log hear of the change. A device that is gone by now is no fault.
 *
 * @throws HubError argument.invalid (not a model identifier), store.unavailable, log.unavailable (both: retry)
 */
export async function rememberModel(
  hub: KeepsRegistry & KeepsTwins & AppendsToLog & TellsTime & KnowsItsNames,
  identity: DeviceIdentity,
  modelId: string,
): Promise<void> {
  if (!isDtmi(modelId)) throw new HubError('argument.invalid', 'the model id is not a digital twin model identifier');
  const entry = await hub.registry.find(identity);
  // Most connects announce what is known: they must not cost a write.
  if (entry === undefined || entry.modelId === modelId) return;
  await hub.registry.saveModel(identity, modelId);
  const twin = await hub.twins.find(identity);
  if (twin === undefined) return;
  const change = { before: twin, after: twin, modelBefore: entry.modelId, time: hub.clock.now() };
  await appendDigitalTwinChange(hub, { ...entry, modelId }, change);
}
