import type { CloudPropertyView, DirectoryDevice, DirectoryRow } from '@viaduct/contracts';
import type { CentralDevice } from '../directory/device-directory.ts';
import type { ConsoleParts } from './console-parts.ts';
import { iso, isoOrNull } from './device-view.ts';

/** `values`: those of the columns that were asked for, as the directory has them. */
export async function directoryRow(
  parts: ConsoleParts,
  device: CentralDevice,
  values: readonly unknown[],
): Promise<DirectoryRow> {
  const { templateId, modelId } = device;
  const template = templateId === null ? undefined : parts.templates.find(templateId);
  const model = modelId === null ? null : await parts.models.findSummary(modelId);
  return {
    deviceId: device.deviceId,
    displayName: device.displayName,
    status: device.enabled ? 'enabled' : 'disabled',
    connected: device.connected,
    lastSeen: isoOrNull(device.lastSeenTime),
    modelId,
    modelName: model?.displayName ?? null,
    templateId,
    templateName: template?.displayName ?? null,
    simulated: device.simulated,
    provisioned: device.provisioned,
    approved: device.approved,
    organization: device.organizations[0] ?? null,
    isEdge: device.isEdge,
    createdAt: iso(device.createdTime),
    values: values.map((value) => value ?? null),
  };
}

export async function directoryDevice(parts: ConsoleParts, device: CentralDevice): Promise<DirectoryDevice> {
  const { values: _none, ...row } = await directoryRow(parts, device, []);
  return {
    ...row,
    etag: device.etag,
    cloudProperties: await cloudPropertyViews(parts, device.deviceId),
    relationships: await parts.relationships.list(device.deviceId, { limit: RELATIONSHIPS_SHOWN }),
  };
}

/** A gateway has thousands; who wants all asks by REST. */
const RELATIONSHIPS_SHOWN = 100;

/** In order of name. */
export async function cloudPropertyViews(
  { devices }: ConsoleParts,
  deviceId: string,
): Promise<readonly CloudPropertyView[]> {
  return Object.entries(await devices.cloudValues(deviceId))
    .map(([name, { value, time }]) => ({ name, value, updatedAt: iso(time) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
