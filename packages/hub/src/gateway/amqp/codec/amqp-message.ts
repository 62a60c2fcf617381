import { HubError } from '@viaduct/contracts';
import { AmqpDescribed, type AmqpMap, AmqpReader, type AmqpValue } from './amqp-reader.ts';

/**
 * A message as a peer sent it. Pure. Sources: AMQP 1.0 part 3 §3.2.
 *
 * `messageIdEncoded` keeps the id with its type, byte for byte: answers must carry the very same typed value, and clients
 * use strings, uuids and ulongs.
 */
export interface AmqpMessage {
  readonly messageIdEncoded: Buffer | undefined;
  readonly messageId: string | undefined;
  readonly userId: string | undefined;
  readonly to: string | undefined;
  readonly replyTo: string | undefined;
  readonly correlationId: string | undefined;
  /** The correlation id with its type, byte for byte: twin answers echo it. */
  readonly correlationIdEncoded: Buffer | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** Milliseconds since 1970. */
  readonly absoluteExpiryTime: number | undefined;
  /** Milliseconds since 1970. */
  readonly creationTime: number | undefined;
  /** By key, whether it came as symbol or string. */
  readonly messageAnnotations: AmqpMap;
  readonly applicationProperties: AmqpMap;
  readonly body: AmqpBody;
}

type AmqpBody =
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'value'; readonly value: AmqpValue }
  | { readonly kind: 'none' };

/** Section codes; clients may also write `amqp:properties:list` and the like. Source: AMQP 1.0 part 3 §3.2. */
export const Section = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

const SECTION_BY_SYMBOL: Readonly<Record<string, number>> = {
  'amqp:header:list': Section.header,
  'amqp:delivery-annotations:map': Section.deliveryAnnotations,
  'amqp:message-annotations:map': Section.messageAnnotations,
  'amqp:properties:list': Section.properties,
  'amqp:application-properties:map': Section.applicationProperties,
  'amqp:data:binary': Section.data,
  'amqp:amqp-sequence:list': Section.sequence,
  'amqp:value:*': Section.value,
  'amqp:footer:map': Section.footer,
};

interface PropertyFields {
  readonly messageIdEncoded: Buffer | undefined;
  readonly correlationIdEncoded: Buffer | undefined;
  readonly values: readonly AmqpValue[];
}

/** @throws HubError packet.malformed */
export function parseAmqpMessage(encoded: Buffer): AmqpMessage {
  const reader = new AmqpReader(encoded);
  let properties: PropertyFields = { messageIdEncoded: undefined, correlationIdEncoded: undefined, values: [] };
  let messageAnnotations: AmqpMap = new Map();
  let applicationProperties: AmqpMap = new Map();
  const data: Buffer[] = [];
  let body: AmqpBody = { kind: 'none' };

  while (reader.remaining > 0) {
    const descriptor = reader.descriptor();
    const section = typeof descriptor === 'number' ? descriptor : SECTION_BY_SYMBOL[descriptor];
    if (section === Section.properties) properties = readProperties(reader, encoded);
    else if (section === Section.messageAnnotations) messageAnnotations = requireMap(reader.value());
    else if (section === Section.applicationProperties) applicationProperties = requireMap(reader.value());
    else if (section === Section.data) data.push(requireBytes(reader.value()));
    // Kept as the list it is: nobody takes one for a body, and whoever drops it unseen loses what was sent.
    else if (section === Section.sequence || section === Section.value) body = { kind: 'value', value: reader.value() };
    else reader.skip();
  }
  if (data.length > 0) body = { kind: 'data', bytes: data.length === 1 ? (data[0] as Buffer) : Buffer.concat(data) };
  return { ...named(properties), messageAnnotations, applicationProperties, body };
}

/** Where they stand in the list: AMQP 1.0 part 3 §3.2.4. */
const MESSAGE_ID = 0;
const CORRELATION_ID = 5;

function readProperties(reader: AmqpReader, encoded: Buffer): PropertyFields {
  const { count, end } = reader.openList();
  const values: AmqpValue[] = [];
  let messageIdEncoded: Buffer | undefined;
  let correlationIdEncoded: Buffer | undefined;
  for (let i = 0; i < count; i++) {
    const start = reader.at;
    values.push(reader.value(1));
    if (i === MESSAGE_ID && values[i] !== null) messageIdEncoded = encoded.subarray(start, reader.at);
    if (i === CORRELATION_ID && values[i] !== null) correlationIdEncoded = encoded.subarray(start, reader.at);
  }
  if (reader.at !== end) throw new HubError('packet.malformed', 'AMQP: the properties do not fill their list');
  return { messageIdEncoded, correlationIdEncoded, values };
}

/** Order of the fields: AMQP 1.0 part 3 §3.2.4. */
function named({ messageIdEncoded, correlationIdEncoded, values }: PropertyFields) {
  const [messageId, userId, to, , replyTo, correlationId, contentType, contentEncoding, expiry, creation] = values;
  return {
    messageIdEncoded,
    correlationIdEncoded,
    messageId: asText(messageId),
    userId: asText(userId),
    to: asText(to),
    replyTo: asText(replyTo),
    correlationId: asText(correlationId),
    contentType: asText(contentType),
    contentEncoding: asText(contentEncoding),
    absoluteExpiryTime: expiry instanceof Date ? expiry.getTime() : undefined,
    creationTime: creation instanceof Date ? creation.getTime() : undefined,
  };
}

/** How any simple value reads as text; undefined for null and for what has no simple text. */
export function asText(value: AmqpValue | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (value instanceof AmqpDescribed) return asText(value.value);
  return typeof value === 'object' ? undefined : String(value);
}

function requireMap(value: AmqpValue): AmqpMap {
  if (value instanceof Map) return value;
  throw new HubError('packet.malformed', 'AMQP: annotations or application properties are not a map');
}

function requireBytes(value: AmqpValue): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw new HubError('packet.malformed', 'AMQP: a data section is not binary');
}
