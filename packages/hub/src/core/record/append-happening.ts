import { type DeviceIdentity, formatPropertyBag, partitionFor } from '@viaduct/contracts';
import type { JsonPatchOperation } from '../digital-twin/json-patch-between.ts';
import type { AppendsToLog, JsonObject, KnowsItsNames, TellsTime } from '../ports.ts';
import { hubName } from './hub-name.ts';
import { AuthMethod, encodeRecord, Source } from './record.ts';

/** Something that happened to a device, as readers of the log learn of it. */
export interface Happening {
  readonly kind: keyof typeof SCHEMA;
  /** Modules have the same ones; `moduleId` tells them apart. */
  readonly opType:
    | 'createDeviceIdentity'
    | 'deleteDeviceIdentity'
    | 'deviceConnected'
    | 'deviceDisconnected'
    | 'updateTwin'
    | 'replaceTwin';
  readonly body: JsonObject;
  /** When it happened, ms since 1970. */
  readonly time: number;
}

const SCHEMA = {
  lifecycle: 'deviceLifecycleNotification',
  connectionState: 'deviceConnectionStateNotification',
  twinChange: 'twinChangeNotification',
} as const;

const CONTENT_TYPE = {
  lifecycle: 'application/json',
  connectionState: 'application/json',
  twinChange: 'application/json',
  digitalTwinChange: 'application/json-patch+json',
} as const;

/** What a digital twin became, as JSON Patch. Its readers know it by its source and content type. */
export interface DigitalTwinHappening {
  readonly kind: 'digitalTwinChange';
  readonly body: readonly JsonPatchOperation[];
  readonly time: number;
}

/**
 * Writes what happened to a device into the second half of the log's partitions (ADR 0004). Resolves when it is durable.
 * The shape is what Azure routes to endpoints as non-telemetry events.
 *
 * @throws HubError log.unavailable (retry)
 */
export async function appendHappening(
  hub: AppendsToLog & TellsTime & KnowsItsNames,
  device: DeviceIdentity & { readonly generationId: string; readonly modelId: string | null },
  happening: Happening | DigitalTwinHappening,
): Promise<void> {
  const { kind, body, time } = happening;
  const { deviceId, moduleId } = device;
  const bag = formatPropertyBag({
    system: { contentType: CONTENT_TYPE[kind], contentEncoding: 'utf-8', userId: hubName(hub) },
    application: {
      hubName: hubName(hub),
      deviceId,
      ...(moduleId === undefined ? {} : { moduleId }),
      ...(happening.kind === 'digitalTwinChange'
        ? {}
        : { opType: happening.opType, 'iothub-message-schema': SCHEMA[happening.kind] }),
      operationTimestamp: isoTime(time),
    },
  });
  const speaker = { ...device, authMethod: AuthMethod.none };
  const record = encodeRecord(speaker, Source[kind], 0, bag, Buffer.from(JSON.stringify(body), 'utf8'));
  await hub.log.append(hub.eventPartitions + partitionFor(deviceId, hub.eventPartitions), record);
}

/** .NET's round-trip form: exactly seven fractional digits. 0, which is never, is the year 1. */
export function isoTime(time: number): string {
  if (time === 0) return '0001-01-01T00:00:00Z';
  return `${new Date(time).toISOString().slice(0, -1)}0000Z`;
}
