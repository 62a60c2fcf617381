import type { Authentication, JsonObject, Presence, RegistryEntry, TwinRecord, TwinSectionRecord } from '../ports.ts';
import { isoTime } from '../record/append-happening.ts';

/** What a device gets when it asks for its twin: no metadata, no tags, versions inside the sections. */
export function deviceTwinDocument(twin: TwinRecord): JsonObject {
  const { desired, reported } = twin;
  return {
    desired: { ...desired.values, $version: desired.version },
    reported: { ...reported.values, $version: reported.version },
  };
}

/** What a twin's document tells of the registry: no keys. */
export type DescribedEntry = Omit<RegistryEntry, 'generationId' | 'createdTime' | 'authentication'> &
  Omit<Presence, 'connectionStateUpdatedTime'> & { readonly authentication: Omit<Authentication, 'symmetricKey'> };

/** What is told with a twin, and kept elsewhere. */
export interface TwinSurroundings {
  readonly cloudToDeviceMessageCount: number;
  /** `{"id": {"status": "Applied"}}` for each that targets it. */
  readonly configurations: JsonObject;
}

/** What a back end gets: the twin with metadata, and what the registry knows of the device. */
export function serviceTwinDocument(
  twin: TwinRecord,
  device: DescribedEntry,
  { cloudToDeviceMessageCount, configurations }: TwinSurroundings,
): JsonObject {
  const { deviceId, moduleId, authentication } = device;
  return {
    deviceId,
    ...(moduleId === undefined ? {} : { moduleId }),
    etag: twin.etag,
    deviceEtag: device.etag,
    status: device.status,
    ...(device.statusReason === null ? {} : { statusReason: device.statusReason }),
    statusUpdateTime: isoTime(device.statusUpdatedTime),
    connectionState: device.connected ? 'Connected' : 'Disconnected',
    lastActivityTime: isoTime(device.lastActivityTime),
    cloudToDeviceMessageCount,
    authenticationType: authentication.type,
    x509Thumbprint: authentication.x509Thumbprint,
    modelId: device.modelId ?? '',
    version: twin.version,
    tags: twin.tags,
    properties: sections(twin),
    ...(moduleId === undefined ? { capabilities: device.capabilities } : {}),
    ...(device.deviceScope === null ? {} : { deviceScope: device.deviceScope }),
    ...(device.parentScopes.length === 0 ? {} : { parentScopes: device.parentScopes }),
    ...(Object.keys(configurations).length === 0 ? {} : { configurations }),
  };
}

/** What lifecycle events and whole replacements tell readers of the log. */
export function twinEventBody(twin: TwinRecord): JsonObject {
  const { deviceId, moduleId, etag, version, tags } = twin;
  return {
    deviceId,
    ...(moduleId === undefined ? {} : { moduleId }),
    etag,
    version,
    tags,
    properties: sections(twin),
  };
}

function sections({ desired, reported }: TwinRecord): JsonObject {
  return { desired: sectionDocument(desired), reported: sectionDocument(reported) };
}

function sectionDocument({ values, metadata, version }: TwinSectionRecord): JsonObject {
  return { ...values, $metadata: metadata, $version: version };
}
