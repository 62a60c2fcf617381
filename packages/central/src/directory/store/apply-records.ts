import { type JsonObject, LIMITS } from '@viaduct/contracts';
import { type DecodedRecord, decodeRecord, Source } from '@viaduct/hub/record';
import type { DeviceRecord, DeviceRows } from './device-rows.ts';
import { ValueSource } from './directory-schema.ts';
import type { ValueRows } from './value-rows.ts';

/** Records of one partition, in one piece of memory. */
export interface RecordBatch {
  readonly partition: number;
  /** Where to read on when they are applied. */
  readonly nextOffset: number;
  readonly bytes: Uint8Array;
  readonly lengths: readonly number[];
  readonly enqueuedTimes: readonly number[];
}

export interface Applied {
  /** Devices that came, went or changed, each once. */
  readonly deviceIds: readonly string[];
  /** A device without a template announced a model. */
  readonly isAnnounced: boolean;
}

interface Rows {
  readonly devices: DeviceRows;
  readonly values: ValueRows;
}

/** What a lifecycle record, and a whole replacement, tells of a twin. */
interface TwinBody {
  readonly properties?: { readonly desired?: JsonObject; readonly reported?: JsonObject };
}

/** What the log says, in its order, as rows. What it says of modules is not the directory's; of a device that is gone, nobody's. */
export function applyRecords(rows: Rows, batch: RecordBatch): Applied {
  const changed = new Set<string>();
  let isAnnounced = false;
  let at = 0;
  const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.byteLength);
  for (const [index, length] of batch.lengths.entries()) {
    const record = decodeRecord(bytes.subarray(at, at + length));
    at += length;
    if (record.moduleId !== undefined) continue;
    const row = applyRecord(rows, record, batch.enqueuedTimes[index] ?? 0);
    if (row === undefined) continue;
    changed.add(record.deviceId);
    if (announce(rows, row, record)) isAnnounced = true;
  }
  return { deviceIds: [...changed], isAnnounced };
}

/** The row that it is about, as it was before; undefined when nothing is to be done. */
function applyRecord(rows: Rows, record: DecodedRecord, enqueuedTime: number): DeviceRecord | undefined {
  const { deviceId, generationId, source, properties, body } = record;
  const { opType = '', operationTimestamp = '' } = properties.application;
  const time = Date.parse(operationTimestamp) || enqueuedTime;
  if (source === Source.lifecycle && opType === 'createDeviceIdentity') return create(rows, record, time);
  const row = rows.devices.find(deviceId);
  // Of a namesake that is gone; or of one whose creation is still to be read.
  if (row === undefined || row.generation_id !== generationId) return undefined;
  switch (source) {
    case Source.lifecycle:
      if (opType === 'deleteDeviceIdentity') rows.devices.remove(row);
      return row;
    case Source.connectionState:
      rows.devices.savePresence(row, opType === 'deviceConnected', time);
      return row;
    case Source.twinChange:
      applyTwin(rows, row, opType, JSON.parse(body.toString('utf8')) as TwinBody);
      return row;
    // The same change as the twin's in other words; its head may tell of a model.
    case Source.digitalTwinChange:
      return row;
    case Source.telemetry:
      return undefined;
    default:
      source satisfies never;
      return undefined;
  }
}

function create({ devices, values }: Rows, record: DecodedRecord, createdTime: number): DeviceRecord | undefined {
  const { deviceId, generationId, modelId } = record;
  const before = devices.find(deviceId);
  if (before !== undefined && isNewer(before.generation_id, generationId)) return undefined;
  // Whether it is enabled, and an Edge device, the log does not say: the registry told of that before.
  const isKnown = before?.generation_id === generationId;
  const hub = { deviceId, generationId, modelId, createdTime, enabled: true, isEdge: false };
  const row = isKnown ? before : devices.saveHubDevice(hub);
  const { properties = {} } = JSON.parse(record.body.toString('utf8')) as TwinBody;
  values.replace(row.device, ValueSource.desired, properties.desired ?? {});
  values.replace(row.device, ValueSource.reported, properties.reported ?? {});
  return row;
}

/** Generations are times, as decimal digits. */
function isNewer(one: string, other: string): boolean {
  return one.length === other.length ? one > other : one.length > other.length;
}

function applyTwin({ values }: Rows, { device }: DeviceRecord, opType: string, { properties = {} }: TwinBody): void {
  for (const [source, section] of [
    [ValueSource.desired, properties.desired],
    [ValueSource.reported, properties.reported],
  ] as const) {
    if (section === undefined) continue;
    if (opType === 'replaceTwin') values.replace(device, source, section);
    else values.patch(device, source, section);
  }
}

/** True when it has no template and this is news. */
function announce({ devices }: Rows, row: DeviceRecord, { modelId }: DecodedRecord): boolean {
  if (modelId === null || modelId.length > LIMITS.QUERY_CHARACTERS_MAX) return false;
  if (row.model_id !== modelId) devices.saveModel(row, modelId);
  return row.template_id === null;
}
