import type { RouteSource } from '@viaduct/contracts';
import type { RoutedMessage } from '../../core/routing/endpoint.ts';
import { parseMessageBody } from '../../core/routing/message-body.ts';

/**
 * A message as a CloudEvent. Pure.
 *
 *     structured, batched   attributes beside `data: {properties, systemProperties, body, bodyEncoding}`; JSON where the message is, else base64
 *     binary                attributes as `ce-…` headers, properties as `iothub-app-…`, the body as it is
 *
 * Sources: CloudEvents 1.0.2, JSON event format 1.0.2, HTTP protocol binding 1.0.2; docs/protocol/webhook.md
 */
const EVENT_TYPE: Readonly<Record<RouteSource, string>> = {
  DeviceMessages: 'viaduct.device.telemetry',
  TwinChangeEvents: 'viaduct.device.twin-changed',
  DeviceLifecycleEvents: 'viaduct.device.lifecycle',
  DeviceConnectionStateEvents: 'viaduct.device.connection-state',
  DigitalTwinChangeEvents: 'viaduct.device.digital-twin-changed',
  DeviceJobLifecycleEvents: 'viaduct.device.job-lifecycle',
};

type Attributes = Readonly<Record<string, string>>;

/** What a receiver tells repeats by, with `source`. */
export function eventId({ partition, offset }: RoutedMessage): string {
  return `${partition}:${offset}`;
}

export function structuredEvent(message: RoutedMessage, hubName: string): object {
  const { system, application, body } = message;
  const json = parseMessageBody(body, system.contentType, system.contentEncoding);
  return {
    ...attributesOf(message, hubName),
    datacontenttype: 'application/json',
    data: {
      properties: application,
      systemProperties: system,
      ...(json === undefined
        ? { body: body.toString('base64'), bodyEncoding: 'base64' }
        : { body: json, bodyEncoding: 'json' }),
    },
  };
}

export function binaryHeaders(message: RoutedMessage, hubName: string): Attributes {
  const { system, application } = message;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributesOf(message, hubName))) headers[`ce-${name}`] = headerText(value);
  for (const [name, value] of Object.entries(application))
    headers[`iothub-app-${headerName(name)}`] = headerText(value);
  for (const name of ['messageId', 'correlationId', 'userId', 'to'] as const) {
    const value = system[name];
    if (value !== undefined) headers[`iothub-${name.toLowerCase()}`] = headerText(value);
  }
  if (system.contentEncoding !== undefined) headers['iothub-contentencoding'] = headerText(system.contentEncoding);
  headers['content-type'] = headerText(system.contentType ?? 'application/octet-stream');
  return headers;
}

function attributesOf(message: RoutedMessage, hubName: string): Attributes {
  const { deviceId, moduleId, source, enqueuedTime, system } = message;
  return {
    specversion: '1.0',
    id: eventId(message),
    source: `/hubs/${encodeURIComponent(hubName)}`,
    type: EVENT_TYPE[source],
    subject: deviceId,
    time: new Date(enqueuedTime).toISOString(),
    ...(moduleId === undefined ? {} : { moduleid: moduleId }),
    ...(system['dt-dataschema'] === undefined ? {} : { dataschema: system['dt-dataschema'] }),
    // Extension "partitioning": what has one key is in order.
    partitionkey: deviceId,
  };
}

/** HTTP binding §3.1.3.2: printable ASCII but for blank, quote and percent; everything else as percent-encoded UTF-8. */
function headerText(text: string): string {
  return text.replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) => percentEncoded(character));
}

function headerName(name: string): string {
  return encodeURIComponent(name).replace(/[()]/g, (character) => (character === '(' ? '%28' : '%29'));
}

function percentEncoded(character: string): string {
  return [...Buffer.from(character, 'utf8')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
