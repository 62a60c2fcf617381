import type { RoutedMessage } from '../core/routing/endpoint.ts';

export type MessageHeader = readonly [name: string, value: string];

/**
 * What a message carries besides its body, for protocols that have one flat list of headers (Kafka, NATS, MQTT): the names that an Event Hubs
 * reader sees, and two of our own by which a reader drops what came twice.
 *
 *     message-id, correlation-id, user-id, to, content-type, content-encoding, absolute-expiry-time      what the device said
 *     iothub-connection-device-id, iothub-enqueuedtime, iothub-message-source, dt-dataschema, …            what the hub says
 *     viaduct-partition, viaduct-offset                                                                   which record of the log it is
 *     every other name                                                                                    application properties
 *
 * A name of ours is ours: an application property of the same name is left out, or a device could say who it is in the hub's words.
 */
export function messageHeaders(message: RoutedMessage): MessageHeader[] {
  const headers: MessageHeader[] = [
    ['viaduct-partition', String(message.partition)],
    ['viaduct-offset', String(message.offset)],
  ];
  for (const [name, value] of Object.entries(message.system)) headers.push([wireName(name), value]);
  const own = new Set(headers.map(([name]) => name.toLowerCase()));
  for (const [name, value] of Object.entries(message.application)) {
    if (!own.has(name.toLowerCase()) && !RESERVED.test(name)) headers.push([name, value]);
  }
  return headers;
}

/** Also when the hub has nothing to say under that name in this message: its absence must mean something. */
const RESERVED = /^(?:iothub-(?:connection-|enqueuedtime$|message-source$)|viaduct-)/i;

/** The name by which an Event Hubs reader knows a system property. Names that the table lacks are the same in both. */
export function wireName(name: string): string {
  return WIRE_NAMES.get(name) ?? name;
}

/** Source: docs/protocol/amqp.md, "What an event looks like". */
const WIRE_NAMES: ReadonlyMap<string, string> = new Map([
  ['messageId', 'message-id'],
  ['correlationId', 'correlation-id'],
  ['userId', 'user-id'],
  ['contentType', 'content-type'],
  ['contentEncoding', 'content-encoding'],
  ['absoluteExpiryTime', 'absolute-expiry-time'],
  ['connectionDeviceId', 'iothub-connection-device-id'],
  ['connectionModuleId', 'iothub-connection-module-id'],
  ['connectionAuthMethod', 'iothub-connection-auth-method'],
  ['connectionDeviceGenerationId', 'iothub-connection-auth-generation-id'],
  ['connectionAuthGenerationId', 'iothub-connection-auth-generation-id'],
  ['enqueuedTime', 'iothub-enqueuedtime'],
  ['messageSource', 'iothub-message-source'],
  ['interfaceId', 'iothub-interface-id'],
  ['component', 'dt-subject'],
  ['dataSchema', 'dt-dataschema'],
  ['messageSchema', 'iothub-message-schema'],
  ['creationTimeUtc', 'iothub-creation-time-utc'],
  ['outputName', 'iothub-outputname'],
  ['diagnosticId', 'Diagnostic-Id'],
  ['diagnosticContext', 'Correlation-Context'],
]);
