import type { Central } from '../central.ts';
import { mergePatch } from './merge-patch.ts';
import type { ApiRequest, ServeOperation } from './operation.ts';
import { answerPage, readPage } from './read-page.ts';
import { requireValid } from './validate.ts';

interface RelationshipBody {
  readonly source?: string;
  readonly target?: string;
}

/** Which devices are behind which. The end that a body does not name is the device of the address. */
export function deviceRelationshipOperations({ devices, relationships }: Central, serve: ServeOperation): void {
  serve('Devices_ListRelationships', 'device.read', async (_caller, request) => {
    const { deviceId } = await devices.get(request.params.deviceId ?? '');
    const { limit, after } = readPage(request);
    const found = await relationships.list(deviceId, { limit: limit + 1, after });
    const shown = found.slice(0, limit);
    return answerPage(request, shown, found.length > limit ? shown.at(-1)?.id : undefined);
  });
  serve('Devices_GetRelationship', 'device.read', async (_caller, request) => {
    const { deviceId, id } = idsOf(request);
    return relationships.get(deviceId, id);
  });
  serve('Devices_CreateRelationship', 'device.write', async (_caller, request) => {
    const { deviceId, id } = idsOf(request);
    const { source, target } = request.body as RelationshipBody;
    return relationships.put(deviceId, { id, source: source ?? deviceId, target: target ?? deviceId });
  });
  serve('Devices_UpdateRelationship', 'device.write', async (_caller, request) => {
    const { deviceId, id } = idsOf(request);
    const before = await relationships.get(deviceId, id);
    const changed = mergePatch(before, request.body) as RelationshipBody;
    requireValid('DeviceRelationship', changed);
    return relationships.put(deviceId, { id, source: changed.source ?? deviceId, target: changed.target ?? deviceId });
  });
  serve('Devices_RemoveRelationship', 'device.write', async (_caller, request) => {
    const { deviceId, id } = idsOf(request);
    return relationships.remove(deviceId, id);
  });
}

function idsOf({ params }: ApiRequest) {
  return { deviceId: params.deviceId ?? '', id: params.relationshipId ?? '' };
}
