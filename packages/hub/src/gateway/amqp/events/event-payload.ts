import type { MessageProperties, SystemPropertyName } from '@viaduct/contracts';
import type { LogRecord, PartitionBounds } from '@viaduct/log';
import { bodyStart, type DecodedRecord, decodeRecord, RecordFlag } from '../../../core/record/record.ts';
import { AUTH_METHOD_TEXT, MESSAGE_SOURCE } from '../../../core/record/record-names.ts';
import { Section } from '../codec/amqp-message.ts';
import { AmqpWriter } from '../codec/amqp-writer.ts';
import type { PayloadWriter } from '../engine/engine.ts';
import { type EventTemplate, EventTemplates } from './event-templates.ts';

/** A record on its way to a reader. `newest`: where the partition ends, for readers that asked to hear it with every event. */
export interface OutgoingEvent {
  readonly record: LogRecord;
  readonly newest: PartitionBounds | undefined;
  readonly now: number;
}

/**
 * A record as an Event Hubs reader sees it: [delivery annotations,] message annotations, properties, application properties,
 * one data section. The types are what clients cast to: sequence number long, offset string, times timestamps.
 * Source: docs/protocol/amqp.md, "What an event looks like"
 */
export const EVENT_PAYLOAD: PayloadWriter<OutgoingEvent> = {
  write(writer, { record, newest, now }) {
    const { data } = record;
    if (newest !== undefined) writeRuntimeInformation(writer, newest, now);
    const bodyAt = bodyStart(data);
    const template = templates.find(data, bodyAt);
    if (template === undefined) writeAnew(writer, record);
    else writeFromTemplate(writer, record, template);
    writer.dataSection(data.length - bodyAt);
    writer.raw(data.subarray(bodyAt));
  },
};

/** Templates are put together here, one at a time. */
const scratch = new AmqpWriter(1_024);

const templates = new EventTemplates((data) => {
  const decoded = decodeRecord(data);
  const items = writeHead(scratch, decoded);
  const head = scratch.cut(0);
  writeTail(scratch, decoded);
  return { head, items, tail: scratch.cut(0) };
});

function writeFromTemplate(writer: AmqpWriter, record: LogRecord, { head, items, tail }: EventTemplate): void {
  const start = writer.length;
  writer.raw(head);
  finishAnnotations(writer, start, items, record);
  writer.raw(tail);
}

function writeAnew(writer: AmqpWriter, record: LogRecord): void {
  const decoded = decodeRecord(record.data);
  const start = writer.length;
  const items = writeHead(writer, decoded);
  finishAnnotations(writer, start, items, record);
  writeTail(writer, decoded);
}

/** The message annotations as far as the offset's value. Returns their items. */
function writeHead(writer: AmqpWriter, decoded: DecodedRecord): number {
  writer.raw(FIXED.bytes);
  const speaker = speakerAnnotations(decoded);
  writer.raw(speaker.bytes);
  const items = FIXED.items + speaker.items + writeMessageAnnotations(writer, decoded.properties);
  writer.raw(OFFSET);
  return items + 2;
}

function finishAnnotations(writer: AmqpWriter, start: number, items: number, record: LogRecord): void {
  writer.patch(start + FIXED.sequenceNumberAt, record.offset);
  writer.patch(start + FIXED.enqueuedTimeAt, record.enqueuedTime);
  writer.patch(start + FIXED.hubEnqueuedTimeAt, record.enqueuedTime);
  writer.string(String(record.offset));
  writer.close(start + FIXED.mapMark, items);
}

function writeTail(writer: AmqpWriter, decoded: DecodedRecord): void {
  writeProperties(writer, decoded.properties);
  writeApplicationProperties(writer, decoded);
}

/** How the annotations of every event begin, and where in it the numbers of the single event go. */
const FIXED = (() => {
  const writer = new AmqpWriter();
  writer.descriptor(Section.messageAnnotations);
  const mapMark = writer.openMap();
  writer.symbol('x-opt-sequence-number');
  writer.long(0);
  const sequenceNumberAt = writer.length - 8;
  writer.symbol('x-opt-enqueued-time');
  writer.timestamp(0);
  const enqueuedTimeAt = writer.length - 8;
  writer.symbol('iothub-enqueuedtime');
  writer.timestamp(0);
  const hubEnqueuedTimeAt = writer.length - 8;
  return { bytes: writer.take(), mapMark, sequenceNumberAt, enqueuedTimeAt, hubEnqueuedTimeAt, items: 6 };
})();

const OFFSET = (() => {
  const writer = new AmqpWriter();
  writer.symbol('x-opt-offset');
  return writer.take();
})();

function writeRuntimeInformation(writer: AmqpWriter, { next, lastEnqueuedTime }: PartitionBounds, now: number): void {
  writer.descriptor(Section.deliveryAnnotations);
  const map = writer.openMap();
  writer.symbol('last_enqueued_sequence_number');
  writer.long(next - 1);
  writer.symbol('last_enqueued_offset');
  writer.string(String(next - 1));
  writer.symbol('last_enqueued_time_utc');
  writer.timestamp(lastEnqueuedTime);
  writer.symbol('runtime_info_retrieval_time_utc');
  writer.timestamp(now);
  writer.close(map, 8);
}

interface SpeakerAnnotations {
  readonly bytes: Buffer;
  readonly items: number;
}

const SPEAKERS_REMEMBERED_MAX = 4_096;
const speakers = new Map<string, SpeakerAnnotations>();

/** What all events of one device have in common whatever their properties, encoded once and remembered. */
function speakerAnnotations(decoded: DecodedRecord): SpeakerAnnotations {
  const { deviceId, moduleId = '', generationId, modelId, authMethod, source } = decoded;
  const key = `${deviceId}/${moduleId}/${generationId}/${modelId}/${authMethod}/${source}`;
  const known = speakers.get(key);
  if (known !== undefined) return known;
  const made = encodeSpeaker(decoded);
  // Forgetting all is crude and rare: only a hub with more active devices than this pays, once in as many.
  if (speakers.size >= SPEAKERS_REMEMBERED_MAX) speakers.clear();
  speakers.set(key, made);
  return made;
}

function encodeSpeaker({ deviceId, moduleId, generationId, modelId, authMethod, source }: DecodedRecord) {
  const annotations: [string, string | null | undefined][] = [
    ['iothub-connection-device-id', deviceId],
    ['iothub-connection-module-id', moduleId],
    ['iothub-connection-auth-method', AUTH_METHOD_TEXT[authMethod]],
    ['iothub-connection-auth-generation-id', generationId],
    ['iothub-message-source', MESSAGE_SOURCE[source]],
    ['dt-dataschema', modelId],
  ];
  const writer = new AmqpWriter();
  let items = 0;
  for (const [name, value] of annotations) {
    if (!value) continue;
    writer.symbol(name);
    writer.string(value);
    items += 2;
  }
  return { bytes: writer.take(), items };
}

const ANNOTATIONS_BY_PROPERTY: readonly (readonly [SystemPropertyName, string])[] = [
  ['component', 'dt-subject'],
  ['interfaceId', 'iothub-interface-id'],
  ['diagnosticId', 'Diagnostic-Id'],
  ['diagnosticContext', 'Correlation-Context'],
];

function writeMessageAnnotations(writer: AmqpWriter, { system }: MessageProperties): number {
  let items = 0;
  for (const [name, annotation] of ANNOTATIONS_BY_PROPERTY) {
    const value = system[name];
    if (value === undefined) continue;
    writer.symbol(annotation);
    writer.string(value);
    items += 2;
  }
  return items;
}

/** Order of the fields: AMQP 1.0 part 3 §3.2.4. Fields at the end that are not there are left off. */
function writeProperties(writer: AmqpWriter, { system }: MessageProperties): void {
  const expiry = system.absoluteExpiryTime === undefined ? Number.NaN : Date.parse(system.absoluteExpiryTime);
  const { messageId, userId, to, correlationId, contentType, contentEncoding } = system;
  if ((messageId ?? userId ?? to ?? correlationId ?? contentType ?? contentEncoding) === undefined) {
    if (Number.isNaN(expiry)) return;
  }
  writer.descriptor(Section.properties);
  const list = writer.openList();
  writer.stringOrNull(messageId);
  if (userId === undefined) writer.null();
  else writer.binary(Buffer.from(userId, 'utf8'));
  writer.stringOrNull(to);
  writer.null();
  writer.null();
  writer.stringOrNull(correlationId);
  symbolOrNull(writer, contentType);
  symbolOrNull(writer, contentEncoding);
  if (Number.isNaN(expiry)) writer.null();
  else writer.timestamp(expiry);
  writer.close(list, 9);
}

/** Symbols are ASCII; a client that sent something else still gets its event. */
function symbolOrNull(writer: AmqpWriter, text: string | undefined): void {
  if (text === undefined) writer.null();
  else writer.symbol(text.replace(/[^\x20-\x7e]/g, '?'));
}

/** The map is opened only when there is something to put in: most events of some devices have nothing. */
function writeApplicationProperties(writer: AmqpWriter, { flags, properties }: DecodedRecord): void {
  const { system, application } = properties;
  let map: number | undefined;
  let items = 0;
  const put = (name: string, value: string | undefined) => {
    if (value === undefined) return;
    if (map === undefined) {
      writer.descriptor(Section.applicationProperties);
      map = writer.openMap();
    }
    writer.string(name);
    writer.string(value);
    items += 2;
  };
  /** What the device itself said under this name counts: a name twice would make a map that clients refuse. */
  const stamp = (name: string, value: string) => put(name, Object.hasOwn(application, name) ? undefined : value);
  // The object has no prototype, so this sees the device's own names and makes no list of them.
  for (const name in application) put(name, application[name]);
  if (system.messageSchema !== undefined) stamp('iothub-message-schema', system.messageSchema);
  if (system.creationTimeUtc !== undefined) stamp('iothub-creation-time-utc', system.creationTimeUtc);
  if (system.outputName !== undefined) stamp('iothub-outputname', system.outputName);
  if ((flags & RecordFlag.retain) !== 0) stamp('mqtt-retain', 'true');
  if ((flags & RecordFlag.duplicate) !== 0) stamp('mqtt-dup', 'true');
  if ((flags & RecordFlag.will) !== 0) stamp('iothub-MessageType', 'Will');
  if (map !== undefined) writer.close(map, items);
}
