import type { Central } from '../central.ts';
import type { CentralDevice, DeviceChange, NewDevice } from '../directory/device-directory.ts';
import { parseListFilter, parseListOrder } from '../language/list-filter.ts';
import { mergePatch } from './merge-patch.ts';
import type { ApiRequest, ServeOperation } from './operation.ts';
import { answerPage, filterOf, orderOf, readPage } from './read-page.ts';
import { requireValid } from './validate.ts';

/** A device, as programs send and get it. */
interface DeviceDocument {
  readonly id?: string;
  readonly etag?: string;
  readonly displayName?: string;
  readonly template?: string;
  readonly enabled?: boolean;
  readonly simulated?: boolean;
  readonly organizations?: readonly string[];
  readonly type?: readonly string[];
}

/** Devices: listed, made, changed, removed. */
export function deviceOperations({ devices }: Central, serve: ServeOperation): void {
  serve('Devices_List', 'device.read', async (_caller, request) => {
    const { limit, after } = readPage(request);
    const [filter, order] = [filterOf(request), orderOf(request)];
    const page = await devices.list({
      ...(filter === undefined ? {} : { filter: parseListFilter(filter) }),
      ...(order === undefined ? {} : { orderBy: parseListOrder(order) }),
      ...(after === undefined ? {} : { cursor: after }),
      limit,
    });
    return answerPage(request, page.items.map(deviceDocument), page.cursor);
  });

  serve('Devices_Get', 'device.read', async (_caller, request) => deviceDocument(await devices.get(idOf(request))));

  // As Azure's: who is there already is changed.
  serve('Devices_Create', 'device.write', async (_caller, request) => {
    const deviceId = idOf(request);
    const document = request.body as DeviceDocument;
    const isThere = (await devices.find(deviceId)) !== undefined;
    const made = isThere
      ? await devices.update(deviceId, changeOf(document), request.ifMatch ?? document.etag)
      : await devices.create(deviceId, newDeviceOf(document));
    return deviceDocument(made);
  });

  serve('Devices_Update', 'device.write', async (_caller, request) => {
    const before = await devices.get(idOf(request));
    const condition = request.ifMatch ?? (request.body as DeviceDocument).etag;
    return deviceDocument(await devices.update(before.deviceId, patchOf(before, request.body), condition));
  });

  serve('Devices_Remove', 'device.write', (_caller, request) => devices.remove(idOf(request)));
}

export function deviceDocument(device: CentralDevice) {
  const { deviceId, templateId, organizations } = device;
  return {
    id: deviceId,
    etag: device.etag,
    displayName: device.displayName,
    simulated: device.simulated,
    provisioned: device.provisioned,
    enabled: device.enabled,
    ...(templateId === null ? {} : { template: templateId }),
    ...(organizations.length === 0 ? {} : { organizations }),
    ...(device.isEdge ? { type: ['iotEdge'] } : {}),
  };
}

export function idOf({ params }: ApiRequest): string {
  return params.deviceId ?? '';
}

function newDeviceOf(document: DeviceDocument): NewDevice {
  return { ...changeOf(document), isEdge: document.type?.includes('iotEdge') ?? false };
}

/** What is mentioned. Who enables a device lets it in. */
function changeOf({ displayName, template, enabled, simulated, organizations }: DeviceDocument): DeviceChange {
  return {
    ...(template === undefined ? {} : { templateId: template }),
    ...(organizations === undefined ? {} : { organizations }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(simulated === undefined ? {} : { simulated }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(enabled === true ? { approved: true } : {}),
  };
}

/** Null removes: a template, or the organizations. What has no other value than one cannot be removed. */
function patchOf(before: CentralDevice, patch: unknown): DeviceChange {
  const { etag: _etag, ...document } = deviceDocument(before);
  const changed = mergePatch(document, patch) as DeviceDocument;
  requireValid('Device', changed);
  const mentioned = Object.keys(patch as object);
  const named = Object.fromEntries(Object.entries(changed).filter(([name]) => mentioned.includes(name)));
  return {
    ...changeOf(named),
    ...(mentioned.includes('template') ? { templateId: changed.template ?? null } : {}),
    ...(mentioned.includes('organizations') ? { organizations: changed.organizations ?? [] } : {}),
  };
}
