import type { JsonObject, RegistryEntry, TwinRecord } from '../ports.ts';
import { isoTime } from '../record/append-happening.ts';

/**
 * A device or module as one line of `devices.txt`, without the line break. Pure.
 *
 *     {"id":"d1","eTag":"…","status":"enabled","authentication":{…},"twinETag":"…","tags":{},"properties":{"desired":{…},"reported":{…}}}
 *
 * Without keys, their places are null: an import of the line makes new ones, or leaves those that are there.
 * Source: Azure IoT Hub, "Import and export IoT Hub device identities in bulk"; ExportImportDevice of the service SDKs.
 */
export function deviceLine(entry: RegistryEntry, twin: TwinRecord, excludeKeys: boolean): string {
  const { deviceId, moduleId, authentication, statusReason, statusUpdatedTime, deviceScope, parentScopes } = entry;
  const line: JsonObject = {
    id: deviceId,
    ...(moduleId === undefined ? {} : { moduleId }),
    eTag: entry.etag,
    status: entry.status,
    ...(statusReason === null ? {} : { statusReason }),
    ...(statusUpdatedTime === 0 ? {} : { statusUpdatedTime: isoTime(statusUpdatedTime) }),
    authentication: {
      symmetricKey: excludeKeys ? { primaryKey: null, secondaryKey: null } : authentication.symmetricKey,
      x509Thumbprint: authentication.x509Thumbprint,
      type: authentication.type,
    },
    twinETag: twin.etag,
    tags: twin.tags,
    properties: { desired: sectionOf(twin.desired), reported: sectionOf(twin.reported) },
    ...(moduleId === undefined ? { capabilities: entry.capabilities } : {}),
    ...(deviceScope === null ? {} : { deviceScope }),
    ...(parentScopes.length === 0 ? {} : { parentScopes }),
  };
  return JSON.stringify(line);
}

function sectionOf({ values, metadata, version }: TwinRecord['desired']): JsonObject {
  return { ...values, $metadata: metadata, $version: version };
}
