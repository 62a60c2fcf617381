import type { DeviceIdentity, MessageProperties } from '@viaduct/contracts';
import { parsePropertyBag } from '@viaduct/contracts';

/**
 * What the log keeps of one message or happening.
 *
 *     byte  0      format version, 1
 *     byte  1      source (Source)
 *     byte  2      flags: bit 0 MQTT RETAIN, bit 1 MQTT DUP, bit 2 last will
 *     byte  3      authentication method (AuthMethod)
 *     byte  4      length of device id
 *     byte  5      length of module id, 0 for none
 *     byte  6      length of generation id
 *     byte  7      reserved, 0
 *     bytes 8-9    length of model id, little endian
 *     bytes 10-13  length of the property bag, little endian
 *     then         device id, module id, generation id, model id (ASCII), property bag (UTF-8), body to the end
 *
 * The bag stays as MQTT brought it and is decoded by whoever needs it: most readers never do. Bytes 0 to the end of the
 * model id are the same for every message of a session, so a session makes them once (`RecordStamp`).
 */
export const Source = { telemetry: 1, twinChange: 2, lifecycle: 3, connectionState: 4, digitalTwinChange: 5 } as const;
export type Source = (typeof Source)[keyof typeof Source];

export const RecordFlag = { retain: 1, duplicate: 2, will: 4 } as const;

/** How the speaker proved who it is; readers turn it into the `iothub-connection-auth-method` text. */
export const AuthMethod = { none: 0, deviceKey: 1, policyKey: 2, x509Thumbprint: 3, x509Authority: 4 } as const;
export type AuthMethod = (typeof AuthMethod)[keyof typeof AuthMethod];

const FORMAT_VERSION = 1;
const FIXED_BYTES = 14;
const FLAGS_AT = 2;
const BAG_LENGTH_AT = 10;

/** What every record of one speaker has in common. */
export interface Speaker extends DeviceIdentity {
  readonly generationId: string;
  readonly authMethod: AuthMethod;
  readonly modelId: string | null;
}

/** The head of a record up to the property bag. `flags` and the bag's length are written per message. */
export class RecordStamp {
  readonly bytes: Buffer;

  constructor(speaker: Speaker, source: Source) {
    const { deviceId, moduleId = '', generationId } = speaker;
    const modelId = speaker.modelId ?? '';
    this.bytes = Buffer.alloc(FIXED_BYTES + deviceId.length + moduleId.length + generationId.length + modelId.length);
    this.bytes.set([
      FORMAT_VERSION,
      source,
      0,
      speaker.authMethod,
      deviceId.length,
      moduleId.length,
      generationId.length,
      0,
    ]);
    this.bytes.writeUInt16LE(modelId.length, 8);
    this.bytes.write(deviceId + moduleId + generationId + modelId, FIXED_BYTES, 'latin1');
  }

  /** Writes what differs from message to message. */
  set(flags: number, bagBytes: number): void {
    this.bytes[FLAGS_AT] = flags;
    this.bytes.writeUInt32LE(bagBytes, BAG_LENGTH_AT);
  }
}

/** A whole record in one buffer: for everything that is not the hot path. */
export function encodeRecord(speaker: Speaker, source: Source, flags: number, bag: string, body: Uint8Array): Buffer {
  const stamp = new RecordStamp(speaker, source);
  const bagBytes = Buffer.from(bag, 'utf8');
  stamp.set(flags, bagBytes.length);
  return Buffer.concat([stamp.bytes, bagBytes, body]);
}

/** What a record is about, without decoding the rest. */
export function sourceOf(data: Buffer): Source {
  return (data[1] ?? 0) as Source;
}

/** A partition of telemetry also holds what happened to devices, where a route copies it there. */
export function isTelemetry(data: Buffer): boolean {
  return sourceOf(data) === Source.telemetry;
}

/** The same record with more application properties; they count before those that the device gave the same names. */
export function withProperties(data: Buffer, application: Readonly<Record<string, string>>): Buffer {
  const bagLength = data.readUInt32LE(BAG_LENGTH_AT);
  const bagAt = FIXED_BYTES + (data[4] ?? 0) + (data[5] ?? 0) + (data[6] ?? 0) + data.readUInt16LE(8);
  const pairs = Object.entries(application).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const added = Buffer.from(pairs.map((pair) => `${pair}&`).join(''), 'utf8');
  const made = Buffer.concat([data.subarray(0, bagAt), added, data.subarray(bagAt)]);
  made.writeUInt32LE(bagLength + added.length, BAG_LENGTH_AT);
  return made;
}

export interface DecodedRecord extends Speaker {
  readonly source: Source;
  readonly flags: number;
  readonly properties: MessageProperties;
  readonly body: Buffer;
}

/** Whose record it is, without decoding the rest: for readers that look for one device. */
export function recordIsOf(data: Buffer, deviceId: string): boolean {
  const length = data[4] ?? 0;
  if (length !== deviceId.length) return false;
  const start = FIXED_BYTES;
  return data.toString('latin1', start, start + length) === deviceId;
}

/** Whose record it is, for readers that care for nothing else of it. */
export function identityOfRecord(data: Buffer): DeviceIdentity {
  const [deviceLength, moduleLength] = [data[4] ?? 0, data[5] ?? 0];
  const moduleStart = FIXED_BYTES + deviceLength;
  const deviceId = data.toString('latin1', FIXED_BYTES, moduleStart);
  if (moduleLength === 0) return { deviceId };
  return { deviceId, moduleId: data.toString('latin1', moduleStart, moduleStart + moduleLength) };
}

/** Where a record's body begins: what stands before it is the same for messages of one speaker with the same properties. */
export function bodyStart(data: Buffer): number {
  const ids = (data[4] ?? 0) + (data[5] ?? 0) + (data[6] ?? 0);
  return FIXED_BYTES + ids + data.readUInt16LE(8) + data.readUInt32LE(BAG_LENGTH_AT);
}

export function decodeRecord(data: Buffer): DecodedRecord {
  const [deviceLength, moduleLength, generationLength] = [data[4] ?? 0, data[5] ?? 0, data[6] ?? 0];
  const modelLength = data.readUInt16LE(8);
  const bagLength = data.readUInt32LE(BAG_LENGTH_AT);
  let at = FIXED_BYTES;
  const text = (length: number) => {
    at += length;
    return data.toString('latin1', at - length, at);
  };
  const deviceId = text(deviceLength);
  const moduleId = text(moduleLength);
  const generationId = text(generationLength);
  const modelId = text(modelLength);
  const bag = data.toString('utf8', at, at + bagLength);
  return {
    deviceId,
    ...(moduleLength === 0 ? {} : { moduleId }),
    generationId,
    authMethod: (data[3] ?? 0) as AuthMethod,
    modelId: modelLength === 0 ? null : modelId,
    source: sourceOf(data),
    flags: data[FLAGS_AT] ?? 0,
    properties: parsePropertyBag(bag),
    body: data.subarray(at + bagLength),
  };
}
