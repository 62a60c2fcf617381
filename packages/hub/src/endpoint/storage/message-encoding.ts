import { Transform } from 'node:stream';
// CommonJS: Node finds its named exports only through the default one.
import avsc from 'avsc';
import type { RoutedMessage } from '../../core/routing/endpoint.ts';
import { parseMessageBody } from '../../core/routing/message-body.ts';

/** How messages become a file: objects in, bytes out. */
export interface MessageEncoding {
  readonly extension: string;
  readonly contentType: string;
  /** A new stream for a new file; what it takes is what `record` makes. */
  stream(): Transform;
  record(message: RoutedMessage): object | string;
}

interface StoredMessage {
  readonly EnqueuedTimeUtc: string;
  readonly Properties: Readonly<Record<string, string>>;
  readonly SystemProperties: Readonly<Record<string, string>>;
}

/** The system properties that Azure stores. */
const STORED = [
  'messageId',
  'correlationId',
  'userId',
  'to',
  'absoluteExpiryTime',
  'connectionDeviceId',
  'connectionModuleId',
  'connectionAuthMethod',
  'connectionDeviceGenerationId',
  'contentType',
  'contentEncoding',
  'enqueuedTime',
  'dt-dataschema',
  'dt-subject',
];

/**
 * An Avro object container file, Apache Avro 1.11, "Object container files", as Azure's storage endpoints write it. The body is bytes.
 * Source of the fields: Azure IoT Hub, "Azure Storage as a routing endpoint".
 */
const AVRO: MessageEncoding = {
  extension: 'avro',
  contentType: 'application/vnd.apache.avro',
  stream: () => new avsc.streams.BlockEncoder(SCHEMA) as unknown as Transform,
  record: (message) => ({ ...storedMessage(message), Body: message.body }),
};

const SCHEMA = avsc.Type.forSchema(
  {
    type: 'record',
    name: 'Message',
    namespace: 'Microsoft.Azure.Devices',
    fields: [
      { name: 'EnqueuedTimeUtc', type: 'string' },
      { name: 'Properties', type: { type: 'map', values: 'string' } },
      { name: 'SystemProperties', type: { type: 'map', values: 'string' } },
      { name: 'Body', type: ['null', 'bytes'] },
    ],
  },
  { wrapUnions: false },
);

/** A line for each message. The body is JSON where the message says so and is, and base64 else. */
const JSON_LINES: MessageEncoding = {
  extension: 'json',
  contentType: 'application/x-ndjson',
  stream: () => new Transform({ writableObjectMode: true, transform: (line, _, done) => done(null, line) }),
  record: (message) => {
    const { system, body } = message;
    const json = parseMessageBody(body, system.contentType, system.contentEncoding);
    return `${JSON.stringify({ ...storedMessage(message), Body: json === undefined ? body.toString('base64') : json })}\n`;
  },
};

export const MESSAGE_ENCODINGS = { avro: AVRO, json: JSON_LINES } as const;

function storedMessage({ application, system }: RoutedMessage): StoredMessage {
  const stored = STORED.flatMap((name) => (system[name] === undefined ? [] : [[name, system[name]] as const]));
  return {
    EnqueuedTimeUtc: system.enqueuedTime ?? '',
    Properties: application,
    SystemProperties: Object.fromEntries(stored),
  };
}
