import type { Message } from 'rhea';
import rhea from 'rhea';
import type { RoutedMessage } from '../../core/routing/endpoint.ts';
import { wireName } from '../message-headers.ts';

/**
 * `namespace`: Event Hubs or Service Bus. It gets the device as partition key, by which it keeps messages of one device in order.
 * `broker`: any other. Brokers compare the user id with who signed in, and end the connection when a device said another: it is an annotation.
 */
export type AmqpForm = 'broker' | 'namespace';

/**
 * A message in the sections in which an Event Hubs reader sees it, encoded: what the device said of itself in properties, what the hub says in
 * message annotations, application properties, one data section. It is durable: a broker that restarts still has it.
 *
 * `x-opt-viaduct-partition` and `x-opt-viaduct-offset` name the record of the log: what comes twice has the same.
 * Source: docs/protocol/amqp.md, "What an event looks like"
 */
export function encodeAmqpMessage(message: RoutedMessage, form: AmqpForm): Buffer {
  const annotations: Record<string, unknown> = {
    'x-opt-viaduct-partition': message.partition,
    'x-opt-viaduct-offset': rhea.types.wrap_long(message.offset),
    ...(form === 'namespace' ? { 'x-opt-partition-key': message.deviceId } : {}),
  };
  const properties: Partial<Message> = {};
  const application: Record<string, string> = { ...message.application };
  for (const [name, value] of Object.entries(message.system)) {
    const wire = form === 'broker' && name === 'userId' ? BROKER_USER_ID : wireName(name);
    if (setProperty(properties, wire, value)) continue;
    if (!APPLICATION_NAMES.has(wire)) annotations[wire] = value;
    // What the device itself said under this name counts, as for a reader of the built-in endpoint.
    else if (!Object.hasOwn(application, wire)) application[wire] = value;
  }
  annotations['iothub-enqueuedtime'] = rhea.types.wrap_timestamp(message.enqueuedTime);
  return rhea.message.encode({
    durable: true,
    ...properties,
    message_annotations: annotations,
    ...(Object.keys(application).length === 0 ? {} : { application_properties: application }),
    body: rhea.message.data_section(message.body),
  });
}

const BROKER_USER_ID = 'x-opt-viaduct-user-id';

/** What the hub stamps among the application properties. */
const APPLICATION_NAMES: ReadonlySet<string> = new Set([
  'iothub-message-schema',
  'iothub-creation-time-utc',
  'iothub-outputname',
  'iothub-MessageType',
  'mqtt-retain',
  'mqtt-dup',
]);

/** Sets a field of the properties section; false when there is none of this name. */
function setProperty(properties: Partial<Message>, name: string, value: string): boolean {
  switch (name) {
    case 'message-id':
      properties.message_id = value;
      return true;
    case 'correlation-id':
      properties.correlation_id = value;
      return true;
    case 'to':
      properties.to = value;
      return true;
    case 'user-id':
      // The typings say string; the field is binary, and the encoder takes what it is given.
      properties.user_id = Buffer.from(value, 'utf8') as unknown as string;
      return true;
    case 'content-type':
      properties.content_type = ascii(value);
      return true;
    case 'content-encoding':
      properties.content_encoding = ascii(value);
      return true;
    case 'absolute-expiry-time': {
      const expiry = Date.parse(value);
      // A device may say what it likes; what is no time has no place in a field of times.
      if (!Number.isNaN(expiry)) properties.absolute_expiry_time = new Date(expiry);
      return true;
    }
    default:
      return false;
  }
}

/** Symbols are ASCII; a device that said something else still has its message delivered. */
function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
