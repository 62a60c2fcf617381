import {
  type DeviceDetail,
  type DeviceRow,
  deviceConnectionString,
  type QueuedCommand,
  type TwinView,
} from '@viaduct/contracts';
import type { CommandRecord, Presence, RegistryEntry, TwinRecord } from '@viaduct/hub';
import type { ConsoleParts } from './console-parts.ts';

type Device = RegistryEntry & Presence;

export async function deviceRow(parts: ConsoleParts, device: Device): Promise<DeviceRow> {
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
  const session = parts.hub.sessions.find({ deviceId: device.deviceId });
  const { primaryKey, secondaryKey } = device.authentication.symmetricKey;
  return {
    ...(await deviceRow(parts, device)),
    createdAt: iso(device.createdTime),
    authentication: device.authentication.type,
    primaryConnectionString: connectionString(parts, device, primaryKey),
    secondaryConnectionString: connectionString(parts, device, secondaryKey),
    connectedSince: session === undefined ? null : iso(session.connectedTime),
    transport: session?.transport ?? null,
    queuedCommands: await parts.hub.commands.depth({ deviceId: device.deviceId }),
    model: device.modelId === null ? null : await parts.models.findSummary(device.modelId),
  };
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

export function queuedCommand(command: CommandRecord): QueuedCommand {
  return {
    messageId: command.system.messageId ?? '',
    sequenceNumber: command.sequenceNumber,
    enqueuedAt: iso(command.enqueuedTime),
    expiresAt: iso(command.expiryTime),
    deliveryCount: command.deliveryCount,
    state: command.lockToken === null ? 'waiting' : 'delivered',
    bodyBytes: command.body.byteLength,
  };
}

function connectionString(parts: ConsoleParts, device: Device, key: string | null): string | null {
  if (device.authentication.type !== 'sas' || key === null) return null;
  return deviceConnectionString(parts.connectionInfo().hostName, device.deviceId, key);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function isoOrNull(time: number): string | null {
  return time === 0 ? null : iso(time);
}
