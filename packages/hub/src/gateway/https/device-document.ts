import type { JsonObject, Presence, RegistryEntry } from '../../core/ports.ts';
import { isoTime } from '../../core/record/append-happening.ts';

/** A device or module as the REST API shows it. Pure. */
export function deviceDocument(device: RegistryEntry & Presence, cloudToDeviceMessageCount: number): JsonObject {
  const { deviceId, moduleId, authentication } = device;
  return {
    deviceId,
    ...(moduleId === undefined ? {} : { moduleId, managedBy: null }),
    generationId: device.generationId,
    etag: device.etag,
    connectionState: device.connected ? 'Connected' : 'Disconnected',
    ...(moduleId === undefined
      ? {
          status: device.status,
          statusReason: device.statusReason,
          statusUpdatedTime: identityTime(device.statusUpdatedTime),
        }
      : {}),
    connectionStateUpdatedTime: identityTime(device.connectionStateUpdatedTime),
    lastActivityTime: identityTime(device.lastActivityTime),
    cloudToDeviceMessageCount,
    authentication: {
      symmetricKey: authentication.symmetricKey,
      x509Thumbprint: authentication.x509Thumbprint,
      type: authentication.type,
    },
    ...(moduleId === undefined ? { capabilities: device.capabilities } : {}),
    ...(device.deviceScope === null ? {} : { deviceScope: device.deviceScope }),
    ...(device.parentScopes.length === 0 ? {} : { parentScopes: device.parentScopes }),
  };
}

/** "Never" is written without a zone here, and with one in twins; clients know both. */
function identityTime(time: number): string {
  return time === 0 ? '0001-01-01T00:00:00' : isoTime(time);
}
