/**
 * The fields of each kind of endpoint, as the form shows them. A path with a dot is nested; what is secret is sent once and never shown
 * again. Which values are right the server says; here is only what people see.
 */
export interface EndpointField {
  readonly path: string;
  readonly label: string;
  readonly hint?: string;
  readonly description?: string;
  readonly type: 'text' | 'secret' | 'flag' | 'choice' | 'lines' | 'pem' | 'pairs' | 'number';
  readonly options?: readonly (readonly [value: string, label: string])[];
  readonly otherwise?: string | boolean;
  /** Shown only while another field has one of these values. */
  readonly when?: { readonly path: string; readonly is: readonly string[] };
  readonly isOptional?: boolean;
}

export interface EndpointKind {
  readonly title: string;
  readonly text: string;
  readonly fields: readonly EndpointField[];
}

const CA: EndpointField = {
  path: 'ca',
  label: 'Root certificate',
  description: 'PEM, where the server’s certificate is not from a public authority.',
  type: 'pem',
  isOptional: true,
};
const CLIENT_CERTIFICATE: readonly EndpointField[] = [
  {
    path: 'certificate',
    label: 'Own certificate',
    description: 'PEM, where the server asks for one.',
    type: 'pem',
    isOptional: true,
  },
  { path: 'privateKey', label: 'Its private key', type: 'secret', isOptional: true },
];
const S3_FIELDS: readonly EndpointField[] = [
  { path: 'endpoint', label: 'Service', hint: 'https://s3.example:9000', type: 'text' },
  {
    path: 'allowHttp',
    label: 'Allow http://',
    description: 'Then everybody on the way may read the messages.',
    type: 'flag',
    otherwise: false,
  },
  { path: 'region', label: 'Region', type: 'text', otherwise: 'us-east-1' },
  { path: 'bucket', label: 'Bucket', description: 'It must be there.', type: 'text' },
  {
    path: 'prefix',
    label: 'Prefix',
    hint: 'plants/north',
    description: 'Before the names of the files.',
    type: 'text',
    isOptional: true,
  },
  { path: 'accessKeyId', label: 'Access key id', type: 'text' },
  {
    path: 'secretAccessKey',
    label: 'Secret access key',
    description: 'The key must be allowed to write; it need not be allowed to read or list.',
    type: 'secret',
  },
  {
    path: 'forcePathStyle',
    label: 'Bucket in the path',
    description: 'As most services of one’s own want it; else it stands in the host name.',
    type: 'flag',
    otherwise: true,
  },
  CA,
  ...CLIENT_CERTIFICATE,
];
const PLACES = 'May contain {deviceId} and {source}.';

export const ENDPOINT_KINDS: Readonly<Record<string, EndpointKind>> = {
  webhook: {
    title: 'Webhook',
    text: 'An HTTP POST for each message or batch, as CloudEvents 1.0, signed.',
    fields: [
      { path: 'url', label: 'URL', hint: 'https://example.com/hook', type: 'text' },
      {
        path: 'mode',
        label: 'Form',
        type: 'choice',
        otherwise: 'batched',
        options: [
          ['batched', 'many events in one request, as JSON'],
          ['structured', 'one event a request, as JSON'],
          ['binary', 'one event a request, its facts in headers'],
        ],
      },
      {
        path: 'headers',
        label: 'Headers',
        description: 'Sent with each request; values are never shown again.',
        type: 'pairs',
        isOptional: true,
      },
      {
        path: 'secret',
        label: 'Secret for the signature',
        description:
          'As echo whsec_$(openssl rand -base64 32) makes; the receiver checks with it that a request is ours.',
        type: 'secret',
        isOptional: true,
      },
      CA,
      ...CLIENT_CERTIFICATE,
    ],
  },
  mqtt: {
    title: 'MQTT broker',
    text: 'Publishes with MQTT 5; properties become user properties.',
    fields: [
      { path: 'url', label: 'Broker', hint: 'mqtts://broker.example:8883', type: 'text' },
      { path: 'topic', label: 'Topic', hint: 'viaduct/{deviceId}', description: PLACES, type: 'text' },
      {
        path: 'qos',
        label: 'Quality of service',
        type: 'choice',
        otherwise: '1',
        options: [
          ['1', '1: acknowledged'],
          ['0', '0: may be lost on the way'],
        ],
      },
      {
        path: 'retain',
        label: 'Retain',
        description: 'The broker keeps the last message of each topic.',
        type: 'flag',
        otherwise: false,
      },
      { path: 'userName', label: 'User name', type: 'text', isOptional: true },
      { path: 'password', label: 'Password', type: 'secret', isOptional: true },
      { path: 'clientId', label: 'Client id', type: 'text', isOptional: true },
      CA,
      ...CLIENT_CERTIFICATE,
    ],
  },
  kafka: {
    title: 'Kafka',
    text: 'A topic of a cluster; the device id is the key, so one device stays in order.',
    fields: [
      {
        path: 'brokers',
        label: 'Brokers',
        hint: 'kafka-1.example:9092',
        description: 'host:port, one a line.',
        type: 'lines',
      },
      { path: 'topic', label: 'Topic', hint: 'telemetry', type: 'text' },
      { path: 'tls', label: 'TLS', type: 'flag', otherwise: false },
      {
        path: 'sasl.mechanism',
        label: 'Authentication',
        type: 'choice',
        otherwise: '',
        options: [
          ['', 'none'],
          ['PLAIN', 'PLAIN'],
          ['SCRAM-SHA-256', 'SCRAM-SHA-256'],
          ['SCRAM-SHA-512', 'SCRAM-SHA-512'],
        ],
      },
      {
        path: 'sasl.userName',
        label: 'User name',
        type: 'text',
        when: { path: 'sasl.mechanism', is: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] },
      },
      {
        path: 'sasl.password',
        label: 'Password',
        type: 'secret',
        when: { path: 'sasl.mechanism', is: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] },
      },
      {
        path: 'compression',
        label: 'Compression',
        type: 'choice',
        otherwise: 'none',
        options: [
          ['none', 'none'],
          ['gzip', 'gzip'],
        ],
      },
      { ...CA, when: { path: 'tls', is: ['true'] } },
      ...CLIENT_CERTIFICATE.map((field) => ({ ...field, when: { path: 'tls', is: ['true'] } })),
    ],
  },
  nats: {
    title: 'NATS',
    text: 'A subject, or a stream of JetStream that listens to it.',
    fields: [
      {
        path: 'servers',
        label: 'Servers',
        hint: 'nats://nats.example:4222',
        description: 'One a line; nats:// or tls://.',
        type: 'lines',
      },
      { path: 'subject', label: 'Subject', hint: 'viaduct.{deviceId}', description: PLACES, type: 'text' },
      {
        path: 'jetStream',
        label: 'JetStream',
        description:
          'Waits until a stream has stored each message. Without, whoever listens hears it and nobody else ever will.',
        type: 'flag',
        otherwise: true,
      },
      {
        path: 'credentials.kind',
        label: 'Authentication',
        type: 'choice',
        otherwise: 'none',
        options: [
          ['none', 'none'],
          ['password', 'name and password'],
          ['token', 'token'],
          ['nkey', 'nkey seed'],
          ['file', '.creds file'],
        ],
      },
      {
        path: 'credentials.userName',
        label: 'User name',
        type: 'text',
        when: { path: 'credentials.kind', is: ['password'] },
      },
      {
        path: 'credentials.password',
        label: 'Password',
        type: 'secret',
        when: { path: 'credentials.kind', is: ['password'] },
      },
      { path: 'credentials.token', label: 'Token', type: 'secret', when: { path: 'credentials.kind', is: ['token'] } },
      { path: 'credentials.seed', label: 'Seed', type: 'secret', when: { path: 'credentials.kind', is: ['nkey'] } },
      {
        path: 'credentials.file',
        label: 'Text of the .creds file',
        type: 'secret',
        when: { path: 'credentials.kind', is: ['file'] },
      },
      CA,
      ...CLIENT_CERTIFICATE,
    ],
  },
  amqp: {
    title: 'AMQP 1.0',
    text: 'A queue of RabbitMQ, Artemis, Qpid, …; or Azure Event Hubs and Service Bus by connection string.',
    fields: [
      {
        path: 'form',
        label: 'What it is',
        type: 'choice',
        otherwise: 'broker',
        options: [
          ['broker', 'a broker'],
          ['namespace', 'Event Hubs or Service Bus'],
        ],
      },
      {
        path: 'connectionString',
        label: 'Connection string',
        description: 'With SharedAccessKeyName, SharedAccessKey and EntityPath.',
        type: 'secret',
        when: { path: 'form', is: ['namespace'] },
      },
      {
        path: 'url',
        label: 'Broker',
        hint: 'amqps://broker.example:5671',
        type: 'text',
        when: { path: 'form', is: ['broker'] },
      },
      {
        path: 'address',
        label: 'Address',
        hint: '/queues/telemetry',
        description: 'Of the queue or exchange, as the broker writes it.',
        type: 'text',
        when: { path: 'form', is: ['broker'] },
      },
      {
        path: 'saslMechanism',
        label: 'Authentication',
        type: 'choice',
        otherwise: 'PLAIN',
        options: [
          ['PLAIN', 'name and password'],
          ['EXTERNAL', 'own certificate'],
          ['ANONYMOUS', 'none'],
        ],
        when: { path: 'form', is: ['broker'] },
      },
      { path: 'userName', label: 'User name', type: 'text', when: { path: 'saslMechanism', is: ['PLAIN'] } },
      { path: 'password', label: 'Password', type: 'secret', when: { path: 'saslMechanism', is: ['PLAIN'] } },
      {
        path: 'virtualHost',
        label: 'Virtual host',
        type: 'text',
        isOptional: true,
        when: { path: 'form', is: ['broker'] },
      },
      CA,
      ...CLIENT_CERTIFICATE.map((field) => ({ ...field, when: { path: 'saslMechanism', is: ['EXTERNAL'] } })),
    ],
  },
  storage: {
    title: 'Files',
    text: 'Files of many messages, in the hub’s own storage or in an S3 bucket: an archive that other programs read.',
    fields: [
      {
        path: 'destination',
        label: 'Where',
        type: 'choice',
        otherwise: 'container',
        options: [
          ['container', 'the hub’s own storage'],
          ['s3', 'an S3-compatible service'],
        ],
      },
      {
        path: 'folder',
        label: 'Folder',
        description: 'Before the names of the files, so that endpoints do not meet.',
        type: 'text',
        otherwise: 'messages',
        when: { path: 'destination', is: ['container'] },
      },
      ...S3_FIELDS.map((field) => ({ ...field, when: { path: 'destination', is: ['s3'] } })),
      {
        path: 'encoding',
        label: 'Encoding',
        type: 'choice',
        otherwise: 'avro',
        options: [
          ['avro', 'Avro'],
          ['json', 'JSON, a line each'],
        ],
      },
      {
        path: 'fileNameFormat',
        label: 'File names',
        hint: '{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}',
        description: 'Every token once, in any order; empty is the order shown.',
        type: 'text',
        isOptional: true,
      },
      {
        path: 'batchFrequencyInSeconds',
        label: 'Finish a file after, seconds',
        type: 'number',
        otherwise: '300',
        isOptional: true,
      },
      {
        path: 'maxChunkSizeInBytes',
        label: 'or when it has, bytes',
        type: 'number',
        otherwise: String(100 * 1_048_576),
        isOptional: true,
      },
    ],
  },
};
