import type { DeviceIdentity, RouteSource } from '@viaduct/contracts';
import type { LogRecord } from '@viaduct/log';
import type { JsonObject } from '../ports.ts';
import { valueAt } from '../query/evaluate.ts';
import type { Path } from '../query/expression.ts';
import { isoTime } from '../record/append-happening.ts';
import { type DecodedRecord, decodeRecord, RecordFlag, sourceOf } from '../record/record.ts';
import { AUTH_METHOD_TEXT, MESSAGE_SOURCE, ROUTE_SOURCE } from '../record/record-names.ts';
import { parseMessageBody } from './message-body.ts';

type Texts = Readonly<Record<string, string>>;

/**
 * A record of the log as routing looks at it. Each part is made when it is first asked for, and once: most records are decided
 * without their body, and few need a twin.
 */
export class RoutedRecord {
  readonly partition: number;
  readonly record: LogRecord;
  #decoded: DecodedRecord | undefined;
  #system: Texts | undefined;
  #application: Texts | undefined;
  #systemNames: ReadonlyMap<string, string> | undefined;
  #applicationNames: ReadonlyMap<string, string> | undefined;
  #body: { readonly value: unknown } | undefined;
  #twin: { readonly document: JsonObject | undefined } | undefined;

  constructor(partition: number, record: LogRecord) {
    this.partition = partition;
    this.record = record;
  }

  get source(): RouteSource {
    return ROUTE_SOURCE[sourceOf(this.record.data)];
  }

  get decoded(): DecodedRecord {
    this.#decoded ??= decodeRecord(this.record.data);
    return this.#decoded;
  }

  get sender(): DeviceIdentity {
    const { deviceId, moduleId } = this.decoded;
    return moduleId === undefined ? { deviceId } : { deviceId, moduleId };
  }

  /** By the names of the routing language. */
  get system(): Texts {
    this.#system ??= systemProperties(this.decoded, this.record.enqueuedTime);
    return this.#system;
  }

  /** As a reader of the built-in endpoint sees them. */
  get application(): Texts {
    this.#application ??= applicationProperties(this.decoded);
    return this.#application;
  }

  get hasTwin(): boolean {
    return this.#twin !== undefined;
  }

  get twin(): JsonObject | undefined {
    return this.#twin?.document;
  }

  setTwin(document: JsonObject | undefined): void {
    this.#twin = { document };
  }

  /** What a path of a condition stands for; undefined when it is not there. */
  resolve(path: Path): unknown {
    const [name, ...rest] = path.steps;
    switch (path.scope) {
      case 'application':
        return rest.length === 0 ? this.#property(String(name)) : undefined;
      case 'system':
        // A property of the device's own whose name begins with $ is meant when the system has none of that name.
        if (rest.length > 0) return undefined;
        this.#systemNames ??= lowerCased(this.system);
        return this.#systemNames.get(String(name).toLowerCase()) ?? this.#property(`$${String(name)}`);
      case 'body':
        // A root that is an array has no members by number, in Azure either.
        return typeof name === 'number' ? undefined : valueAt(this.#parsedBody(), path.steps);
      case 'twin':
        return valueAt(this.twin, path.steps);
      case 'field':
        return undefined;
      default:
        return path.scope satisfies never;
    }
  }

  #property(name: string): string | undefined {
    const exact = own(this.application, name);
    if (exact !== undefined) return exact;
    this.#applicationNames ??= lowerCased(this.application);
    return this.#applicationNames.get(name.toLowerCase());
  }

  #parsedBody(): unknown {
    if (this.#body === undefined) {
      const { body, properties } = this.decoded;
      this.#body = { value: parseMessageBody(body, properties.system.contentType, properties.system.contentEncoding) };
    }
    return this.#body.value;
  }
}

function own(texts: Texts, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

/** Names of properties are compared without regard to case. */
function lowerCased(texts: Texts): ReadonlyMap<string, string> {
  return new Map(Object.entries(texts).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Source: Azure IoT Hub, "message routing query syntax", system properties. */
function systemProperties(record: DecodedRecord, enqueuedTime: number): Texts {
  const { messageId, correlationId, userId, to, contentType, contentEncoding, ...rest } = record.properties.system;
  const time = isoTime(enqueuedTime);
  const all: Record<string, string | null | undefined> = {
    ...{ messageId, correlationId, userId, to, contentType, contentEncoding },
    absoluteExpiryTime: rest.absoluteExpiryTime,
    creationTimeUtc: rest.creationTimeUtc,
    enqueuedTime: time,
    connectionDeviceId: record.deviceId,
    connectionModuleId: record.moduleId,
    connectionDeviceGenerationId: record.generationId,
    connectionAuthMethod: AUTH_METHOD_TEXT[record.authMethod],
    'iothub-enqueuedtime': time,
    'iothub-message-source': MESSAGE_SOURCE[record.source],
    'iothub-interface-id': rest.interfaceId,
    'dt-dataschema': record.modelId,
    'dt-subject': rest.component,
  };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => Boolean(pair[1])));
}

/** What the device itself said under a name counts before what the hub stamps. */
function applicationProperties({ flags, properties: { system, application } }: DecodedRecord): Texts {
  // Most messages have no stamps, and a condition wants to be cheap.
  const { messageSchema, creationTimeUtc, outputName } = system;
  if (flags === 0 && (messageSchema ?? creationTimeUtc ?? outputName) === undefined) return application;
  const stamps: Record<string, string | undefined> = {
    'iothub-message-schema': system.messageSchema,
    'iothub-creation-time-utc': system.creationTimeUtc,
    'iothub-outputname': system.outputName,
    'mqtt-retain': (flags & RecordFlag.retain) === 0 ? undefined : 'true',
    'mqtt-dup': (flags & RecordFlag.duplicate) === 0 ? undefined : 'true',
    'iothub-MessageType': (flags & RecordFlag.will) === 0 ? undefined : 'Will',
  };
  const stamped = Object.entries(stamps).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { ...Object.fromEntries(stamped), ...application };
}
