import { LIMITS } from '@viaduct/contracts';

/** The value an option may have. `undefined` is an option that nobody gave and that has no default. */
export type ConfigValue = string | number | boolean | readonly string[] | undefined;

/** One line of the configuration: where it may be set, what it means, what it is when nobody sets it. */
export interface ConfigOption {
  /** Key in `ServerConfig`. */
  readonly name: string;
  readonly type: 'text' | 'path' | 'address' | 'names' | 'switch' | 'integer' | 'choice' | 'rates';
  readonly env: string;
  /** Absent for secrets: command lines are readable by everybody on the machine. */
  readonly flag?: string;
  /** Stands for the value in help texts: `--data DIR`. */
  readonly placeholder?: string;
  readonly unit?: string;
  readonly default: ConfigValue;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  readonly help: string;
  /** For benches and tests; not part of what is promised. */
  readonly hidden?: boolean;
}

const port = { type: 'integer', placeholder: 'PORT', min: 1, max: 65_535 } as const;

/** Every option of `viaduct serve`. `docs/operating/config.md` is made from this table, and a test compares the two. */
export const CONFIG_OPTIONS: readonly ConfigOption[] = [
  {
    name: 'dataDirectory',
    type: 'path',
    env: 'VIADUCT_DATA',
    flag: '--data',
    placeholder: 'DIR',
    default: './data',
    help: 'The folder that holds everything the server keeps. One server at a time may use it.',
  },
  {
    name: 'bindAddress',
    type: 'address',
    env: 'VIADUCT_BIND',
    flag: '--bind',
    placeholder: 'ADDR',
    default: undefined,
    help: 'The one address to listen on; all interfaces when not given. Connection strings then name this address.',
  },
  {
    name: 'hostNames',
    type: 'names',
    env: 'VIADUCT_HOST_NAMES',
    flag: '--host-names',
    placeholder: 'NAMES',
    default: [],
    help: 'More names or addresses, separated by commas, by which clients reach this server. The certificate covers them, and the first is the one given out unless --bind is set.',
  },
  {
    ...port,
    name: 'mqttPort',
    env: 'VIADUCT_MQTT_PORT',
    flag: '--mqtt-port',
    default: 8883,
    help: 'MQTT over TLS. Official device clients use 8883.',
  },
  {
    ...port,
    name: 'amqpPort',
    env: 'VIADUCT_AMQP_PORT',
    flag: '--amqp-port',
    default: 5671,
    help: 'AMQP over TLS: service clients and the Event Hubs endpoint. Official clients use 5671.',
  },
  {
    ...port,
    name: 'httpsPort',
    env: 'VIADUCT_HTTPS_PORT',
    flag: '--https-port',
    default: 443,
    help: 'REST, WebSockets and the console. Official clients insist on 443; 8443 is tried where 443 may not be bound.',
  },
  {
    ...port,
    name: 'metricsPort',
    env: 'VIADUCT_METRICS_PORT',
    flag: '--metrics-port',
    default: 9464,
    help: 'Plain HTTP: /metrics for Prometheus, /livez and /readyz. On loopback, or on the address of --bind.',
  },
  {
    ...port,
    name: 'mqttPlainPort',
    env: 'VIADUCT_MQTT_PLAIN_PORT',
    flag: '--mqtt-plain-port',
    default: undefined,
    hidden: true,
    help: 'MQTT without TLS on loopback, or on the address of --bind. For benches and wire tests only.',
  },
  {
    ...port,
    name: 'amqpPlainPort',
    env: 'VIADUCT_AMQP_PLAIN_PORT',
    flag: '--amqp-plain-port',
    default: undefined,
    help: 'AMQP without TLS, for Event Hubs clients whose connection string says UseDevelopmentEmulator=true: they use 5672. On loopback only. Off when not given.',
  },
  {
    name: 'amqpPlainBind',
    type: 'address',
    env: 'VIADUCT_AMQP_PLAIN_BIND',
    flag: '--amqp-plain-bind',
    placeholder: 'ADDR',
    default: undefined,
    help: 'The address of --amqp-plain-port where loopback will not do, as between containers. Whoever sees its traffic sees tokens and messages.',
  },
  {
    name: 'readyFile',
    type: 'path',
    env: 'VIADUCT_READY_FILE',
    flag: '--ready-file',
    placeholder: 'FILE',
    default: undefined,
    help: 'Written, complete and readable by its owner only, once every listener accepts. See ready-file.md.',
  },
  {
    name: 'agent',
    type: 'switch',
    env: 'VIADUCT_AGENT',
    flag: '--agent',
    default: true,
    help: 'Connect this machine as the first device. --no-agent leaves it out.',
  },
  {
    name: 'partitions',
    type: 'integer',
    env: 'VIADUCT_PARTITIONS',
    flag: '--partitions',
    placeholder: 'N',
    default: 4,
    min: 1,
    max: 32,
    help: 'Partitions of the event log. Decides at the first start and is kept for the life of the data folder.',
  },
  {
    name: 'retentionHours',
    type: 'integer',
    env: 'VIADUCT_RETENTION_HOURS',
    flag: '--retention-hours',
    placeholder: 'HOURS',
    unit: 'hours',
    default: 168,
    min: 1,
    max: 876_000,
    help: 'Events older than this are removed.',
  },
  {
    name: 'retentionBytes',
    type: 'integer',
    env: 'VIADUCT_RETENTION_BYTES',
    flag: '--retention-bytes',
    placeholder: 'BYTES',
    unit: 'bytes',
    default: 20 * 1024 ** 3,
    min: 1024 ** 2,
    help: 'The oldest events go when the log is larger than this.',
  },
  {
    name: 'segmentBytes',
    type: 'integer',
    env: 'VIADUCT_SEGMENT_BYTES',
    flag: '--segment-bytes',
    placeholder: 'BYTES',
    unit: 'bytes',
    default: 64 * 1024 ** 2,
    min: 4 * 1024 ** 2,
    max: 1024 ** 3,
    help: 'Size of one file of the log. Retention removes whole files.',
  },
  {
    name: 'profile',
    type: 'choice',
    env: 'VIADUCT_PROFILE',
    flag: '--profile',
    placeholder: 'PROFILE',
    choices: ['relaxed', 'strict'],
    default: 'relaxed',
    help: 'What is limited: relaxed nothing, strict as one S1 unit of Azure IoT Hub, for firmware that will meet it. See throttling.md.',
  },
  {
    name: 'throttle',
    type: 'rates',
    env: 'VIADUCT_THROTTLE',
    flag: '--throttle',
    placeholder: 'RATES',
    default: undefined,
    help: 'Changes to the profile, separated by commas: device.telemetry=10/s,hub.registry=100/min:20,hub.connect=off. See throttling.md.',
  },
  {
    name: 'dailyMessages',
    type: 'integer',
    env: 'VIADUCT_DAILY_MESSAGES',
    flag: '--daily-messages',
    placeholder: 'N',
    default: undefined,
    min: 1,
    help: 'Messages that are accepted in a UTC day, counted in pieces of 4 KiB; without it, as the profile says.',
  },
  {
    name: 'jobsActiveMax',
    type: 'integer',
    env: 'VIADUCT_JOBS_ACTIVE_MAX',
    flag: '--jobs-active-max',
    placeholder: 'N',
    default: undefined,
    min: 1,
    max: LIMITS.JOBS_ACTIVE_MAX,
    help: 'Jobs that may be scheduled, queued or running at a time; without it, as the profile says: relaxed 10,000, strict 1. See jobs.md.',
  },
  {
    name: 'jobDevicesPerSecond',
    type: 'integer',
    env: 'VIADUCT_JOB_DEVICES_PER_SECOND',
    flag: '--job-devices-per-second',
    placeholder: 'N',
    unit: 'devices per second',
    default: undefined,
    min: 1,
    max: 1_000_000,
    help: 'Devices that all jobs together begin with in a second; without it, as the profile says: relaxed as many as they can, strict 10. See jobs.md.',
  },
  {
    name: 'faultInjection',
    type: 'switch',
    env: 'VIADUCT_FAULT_INJECTION',
    flag: '--fault-injection',
    default: false,
    help: 'Let devices order faults for themselves by message properties, to test how their firmware recovers. See throttling.md.',
  },
  {
    name: 'fileBytesMax',
    type: 'integer',
    env: 'VIADUCT_FILE_BYTES_MAX',
    flag: '--file-bytes-max',
    placeholder: 'BYTES',
    unit: 'bytes',
    default: LIMITS.BLOB_BYTES_MAX,
    min: 1,
    max: 1024 ** 4,
    help: 'The largest file that a device may upload.',
  },
  {
    name: 'encryptionKey',
    type: 'text',
    env: 'VIADUCT_ENCRYPTION_KEY',
    default: undefined,
    help: 'Key that encrypts secrets at rest: 32 bytes in base64. Without it one is made in the data folder, mode 0600.',
  },
  {
    name: 'logLevel',
    type: 'choice',
    env: 'VIADUCT_LOG_LEVEL',
    flag: '--log-level',
    placeholder: 'LEVEL',
    choices: ['fatal', 'error', 'warn', 'info', 'debug'],
    default: 'info',
    help: 'The least that is written to the JSON log in the data folder.',
  },
  {
    name: 'tlsCertificateFile',
    type: 'path',
    env: 'VIADUCT_TLS_CERTIFICATE',
    flag: '--tls-certificate',
    placeholder: 'FILE',
    default: undefined,
    help: 'A server certificate of your own, with its chain, as PEM. Replaces the one made in the data folder.',
  },
  {
    name: 'tlsKeyFile',
    type: 'path',
    env: 'VIADUCT_TLS_KEY',
    flag: '--tls-key',
    placeholder: 'FILE',
    default: undefined,
    help: 'The private key of --tls-certificate, as PEM.',
  },
  {
    name: 'tlsCaFile',
    type: 'path',
    env: 'VIADUCT_TLS_CA',
    flag: '--tls-ca',
    placeholder: 'FILE',
    default: undefined,
    help: 'The root that clients must trust for --tls-certificate; the certificate file itself when not given.',
  },
];
