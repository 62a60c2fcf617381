import {
  type DeviceDetail,
  type DeviceRow,
  formatConnectionString,
  type ModuleDetail,
  type ModuleRow,
  type TwinView,
} from '@viaduct/contracts';
import type { Presence, RegistryEntry, TwinRecord } from '@viaduct/hub';
import type { ConsoleParts } from './console-parts.ts';

type Device = RegistryEntry & Presence;

async function deviceRow(parts: ConsoleParts, device: Device): Promise<DeviceRow> {
  const model = device.modelId === null ? null : await parts.models.findSummary(device.modelId);
  return {
    deviceId: device.deviceId,
    status: device.status,
    connected: device.connected,
    lastSeen: isoOrNull(device.lastActivityTime),
    modelId: device.modelId,
    modelName: model?.displayName ?? null,
  };
}

export async function deviceDetail(parts: ConsoleParts, device: Device): Promise<DeviceDetail> {
  const { primaryKey, secondaryKey } = device.authentication.symmetricKey;
  const session = parts.hub.sessions.find(device);
  // What was made a moment ago may not be known to the directory yet.
  const known = device.moduleId === undefined ? await parts.devices.find(device.deviceId) : undefined;
  const template = known?.templateId == null ? undefined : parts.templates.find(known.templateId);
  return {
    ...(await deviceRow(parts, device)),
    createdAt: iso(device.createdTime),
    authentication: device.authentication.type,
    primaryConnectionString: connectionString(parts, device, primaryKey),
    secondaryConnectionString: connectionString(parts, device, secondaryKey),
    connectedSince: session === undefined ? null : iso(session.connectedTime),
    transport: session?.transport ?? null,
    statusReason: device.statusReason,
    queuedCommands: await parts.hub.commands.depth(device),
    displayName: known?.displayName ?? device.moduleId ?? device.deviceId,
    templateId: template?.templateId ?? null,
    model: template?.summary ?? (device.modelId === null ? null : await parts.models.findSummary(device.modelId)),
  };
}

export async function moduleDetail(parts: ConsoleParts, device: Device): Promise<ModuleDetail> {
  return { ...(await deviceDetail(parts, device)), moduleId: device.moduleId ?? '' };
}

/** Without the model: a list shows its name only. */
export async function moduleRow(parts: ConsoleParts, device: Device): Promise<ModuleRow> {
  const { model: _model, ...row } = await moduleDetail(parts, device);
  return row;
}

export function twinView(twin: TwinRecord): TwinView {
  const { version, desired, reported, tags } = twin;
  return {
    version,
    tags,
    desired: { version: desired.version, values: desired.values, metadata: desired.metadata },
    reported: { version: reported.version, values: reported.values, metadata: reported.metadata },
  };
}

/** Null for an identity that has no keys. */
export function connectionString(
  parts: ConsoleParts,
  { deviceId, moduleId, authentication }: RegistryEntry,
  key: string | null,
): string | null {
  if (authentication.type !== 'sas' || key === null) return null;
  return formatConnectionString({
    HostName: parts.connectionInfo().hostName,
    DeviceId: deviceId,
    ...(moduleId === undefined ? {} : { ModuleId: moduleId }),
    SharedAccessKey: key,
  });
}

export function iso(time: number): string {
  return new Date(time).toISOString();
}

export function isoOrNull(time: number): string | null {
  return time === 0 ? null : iso(time);
}
