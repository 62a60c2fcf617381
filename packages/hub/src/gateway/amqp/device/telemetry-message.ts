import { HubError, isStampedByHub, LIMITS } from '@viaduct/contracts';
import { type AmqpMessage, asText, parseAmqpMessage, Section } from '../codec/amqp-message.ts';
import { AmqpReader } from '../codec/amqp-reader.ts';

/** One message of a device, as the log keeps it. */
export interface AmqpTelemetry {
  /** Property bag, all ASCII. */
  readonly bag: string;
  /** A view of the payload it was read from, wherever that can be. */
  readonly body: Buffer;
}

/** `message-format` of a transfer whose data sections are messages themselves. Source: docs/protocol/amqp.md */
const BATCH_FORMAT = 0x8001_3700;

/** Annotations and application properties that are system properties here, and their keys in the bag. */
const BAG_KEY_BY_ANNOTATION: ReadonlyMap<string, string> = new Map([
  ['iothub-interface-id', '%24.ifid'],
  ['dt-subject', '%24.sub'],
  ['Diagnostic-Id', '%24.diagid'],
  ['Correlation-Context', '%24.diagctx'],
]);
const BAG_KEY_BY_PROPERTY: ReadonlyMap<string, string> = new Map([
  ['iothub-creation-time-utc', '%24.ctime'],
  ['iothub-message-schema', '%24.schema'],
  ['iothub-outputname', '%24.on'],
]);
const CREATION_TIME = '%24.ctime';

/**
 * The messages in one transfer: one, or those of a batch. Pure.
 *
 * @throws HubError packet.malformed, argument.invalid (a body that is neither bytes nor text), message.tooLarge
 */
export function readTelemetry(format: number, payload: Buffer): readonly AmqpTelemetry[] {
  if (format !== BATCH_FORMAT) return [telemetryOf(parseAmqpMessage(payload))];
  const messages: AmqpTelemetry[] = [];
  const reader = new AmqpReader(payload);
  while (reader.remaining > 0) {
    const descriptor = reader.descriptor();
    if (descriptor !== Section.data && descriptor !== 'amqp:data:binary') {
      reader.skip();
      continue;
    }
    const encoded = reader.value();
    if (!Buffer.isBuffer(encoded)) throw new HubError('packet.malformed', 'AMQP: a data section is not binary');
    if (messages.length === LIMITS.TELEMETRY_BATCH_MESSAGES_MAX) {
      const text = `a batch has at most ${LIMITS.TELEMETRY_BATCH_MESSAGES_MAX} messages`;
      throw new HubError('message.tooLarge', text);
    }
    messages.push(telemetryOf(parseAmqpMessage(encoded)));
  }
  return messages;
}

function telemetryOf(message: AmqpMessage): AmqpTelemetry {
  const bag = new Bag();
  bag.add('%24.mid', message.messageId);
  bag.add('%24.cid', message.correlationId);
  bag.add('%24.uid', message.userId);
  bag.add('%24.to', message.to);
  bag.add('%24.exp', isoTime(message.absoluteExpiryTime));
  bag.add('%24.ct', message.contentType);
  bag.add('%24.ce', message.contentEncoding);
  for (const [name, value] of message.messageAnnotations) {
    const key = BAG_KEY_BY_ANNOTATION.get(String(name));
    if (key !== undefined) bag.add(key, asText(value));
  }
  addApplicationProperties(bag, message);
  return { bag: bag.text, body: bodyOf(message) };
}

function addApplicationProperties(bag: Bag, { applicationProperties, creationTime }: AmqpMessage): void {
  let hasCreationTime = false;
  for (const [name, value] of applicationProperties) {
    if (typeof name !== 'string' || name === '') continue;
    const key = BAG_KEY_BY_PROPERTY.get(name);
    if (key === CREATION_TIME) hasCreationTime = true;
    if (key !== undefined) bag.add(key, asText(value));
    // A bag's system properties begin with `$.`: no application property may pass for one.
    else if (!isStampedByHub(name) && !name.startsWith('$.')) bag.add(encodeURIComponent(name), asText(value) ?? '');
  }
  if (!hasCreationTime) bag.add(CREATION_TIME, isoTime(creationTime));
}

class Bag {
  text = '';

  /** `key` is encoded already. */
  add(key: string, value: string | undefined): void {
    if (value === undefined) return;
    this.text += `${this.text === '' ? '' : '&'}${key}=${encodeURIComponent(value)}`;
  }
}

function isoTime(time: number | undefined): string | undefined {
  return time === undefined || Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function bodyOf({ body }: AmqpMessage): Buffer {
  if (body.kind === 'none') return Buffer.alloc(0);
  if (body.kind === 'data') return body.bytes;
  if (Buffer.isBuffer(body.value)) return body.value;
  if (typeof body.value === 'string') return Buffer.from(body.value, 'utf8');
  if (body.value === null) return Buffer.alloc(0);
  throw new HubError('argument.invalid', 'the body of a message is neither bytes nor text');
}
