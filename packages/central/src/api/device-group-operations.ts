import type { Central } from '../central.ts';
import type { DeviceGroup } from '../directory/device-directory.ts';
import { deviceDocument } from './device-operations.ts';
import { mergePatch } from './merge-patch.ts';
import type { ApiRequest, ServeOperation } from './operation.ts';
import { orderByName } from './order-by-name.ts';
import { answerPage, pageOf, readPage } from './read-page.ts';
import { requireValid } from './validate.ts';

/** A group, as programs send and get it. */
interface GroupDocument {
  readonly displayName: string;
  readonly filter: string;
  readonly description?: string;
  readonly etag?: string;
  readonly organizations?: readonly string[];
}

/** Groups of devices, and who is in one now. */
export function deviceGroupOperations({ devices, groups }: Central, serve: ServeOperation): void {
  serve('DeviceGroups_List', 'deviceGroup.read', async (_caller, request) =>
    pageOf(request, orderByName(request, groups.list(), 'device groups').map(groupDocument), ({ id }) => id),
  );
  serve('DeviceGroups_Get', 'deviceGroup.read', async (_caller, request) => groupDocument(groups.get(idOf(request))));
  serve('DeviceGroups_Create', 'deviceGroup.write', async (_caller, request) => {
    const document = request.body as GroupDocument;
    const before = groups.find(idOf(request));
    return groupDocument(await groups.put(groupOf(request, document, before), request.ifMatch ?? document.etag));
  });
  serve('DeviceGroups_Update', 'deviceGroup.write', async (_caller, request) => {
    const before = groups.get(idOf(request));
    const { etag, ...document } = groupDocument(before);
    const changed = mergePatch(document, request.body) as GroupDocument;
    requireValid('DeviceGroup', changed);
    // Of what was read here, whoever asks: a patch must not undo what somebody else has just written.
    const condition = request.ifMatch ?? (request.body as Partial<GroupDocument>).etag ?? etag;
    return groupDocument(await groups.put(groupOf(request, changed, before), condition));
  });
  serve('DeviceGroups_Remove', 'deviceGroup.write', (_caller, request) => groups.remove(idOf(request)));
  serve('DeviceGroups_GetDevices', 'deviceGroup.read', async (_caller, request) => {
    const { limit, after } = readPage(request);
    const { filter } = groups.get(idOf(request));
    const page = await devices.list({ filter, limit, ...(after === undefined ? {} : { cursor: after }) });
    return answerPage(request, page.items.map(deviceDocument), page.cursor);
  });
}

function groupDocument({ groupId, displayName, filterText, description, etag, organizations }: DeviceGroup) {
  return {
    id: groupId,
    displayName,
    filter: filterText,
    ...(description === '' ? {} : { description }),
    etag,
    ...(organizations.length === 0 ? {} : { organizations }),
  };
}

function groupOf(request: ApiRequest, document: GroupDocument, before: DeviceGroup | undefined) {
  const { displayName, filter, description = '', organizations = [] } = document;
  const isDefault = before?.isDefault ?? false;
  return { groupId: idOf(request), displayName, filterText: filter, description, organizations, isDefault };
}

function idOf({ params }: ApiRequest): string {
  return params.deviceGroupId ?? '';
}
