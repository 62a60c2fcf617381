import type { DeviceIdentity } from '@viaduct/contracts';
import type { JsonObject, KeepsConfigurations } from '../ports.ts';

/** `{"id": {"status": "Applied"}}` for each configuration that targets a device or module, as its twin's document tells it. */
export async function describeStatuses(hub: KeepsConfigurations, identity: DeviceIdentity): Promise<JsonObject> {
  const [state] = await hub.configurationStates.of([identity]);
  const members = (state?.statuses ?? []).map(({ configurationId, status }) => [configurationId, { status }] as const);
  return Object.fromEntries(members);
}
