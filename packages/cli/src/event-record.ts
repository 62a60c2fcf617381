import type { ReceivedEventData } from '@azure/event-hubs';

/** One record of the log as `viaduct monitor --json` prints it, one a line. */
export interface EventRecord {
  readonly deviceId: string | null;
  readonly moduleId: string | null;
  readonly partition: string;
  readonly offset: string;
  readonly sequenceNumber: number;
  /** ISO 8601. */
  readonly enqueuedTime: string;
  /** `Telemetry`, `twinChangeEvents` … */
  readonly source: string | null;
  readonly systemProperties: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
  /** JSON and text as they are; anything else as base64. */
  readonly body: EventBody;
}

export type EventBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'base64'; readonly value: string };

export function eventRecord(event: ReceivedEventData, partition: string): EventRecord {
  const system = event.systemProperties ?? {};
  return {
    deviceId: text(system['iothub-connection-device-id']),
    moduleId: text(system['iothub-connection-module-id']),
    partition,
    offset: event.offset,
    sequenceNumber: event.sequenceNumber,
    enqueuedTime: event.enqueuedTimeUtc.toISOString(),
    source: text(system['iothub-message-source']),
    systemProperties: system,
    properties: event.properties ?? {},
    body: eventBody(event.body),
  };
}

/** Pure: bytes in, the most readable form out. */
export function eventBody(body: unknown): EventBody {
  if (!(body instanceof Uint8Array)) {
    return typeof body === 'string' ? { kind: 'text', value: body } : { kind: 'json', value: body };
  }
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return { kind: 'base64', value: Buffer.from(body).toString('base64') };
  }
  try {
    return { kind: 'json', value: JSON.parse(decoded) };
  } catch {
    return { kind: 'text', value: decoded };
  }
}

/** One line for people: when, who, what. */
export function eventLine(record: EventRecord): string {
  const who = record.moduleId === null ? (record.deviceId ?? '-') : `${record.deviceId}/${record.moduleId}`;
  const kind = record.source === null || record.source === 'Telemetry' ? '' : ` [${record.source}]`;
  const properties = Object.entries(record.properties).map(([name, value]) => ` ${name}=${String(value)}`);
  const { body } = record;
  const shown = body.kind === 'json' ? JSON.stringify(body.value) : body.value;
  return `${record.enqueuedTime}  ${who}${kind}  ${shown}${properties.length === 0 ? '' : `  {${properties.join(',').trim()}}`}`;
}

function text(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}
