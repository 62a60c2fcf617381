import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { asHubError } from '@viaduct/contracts';
import { changeLimits, THROTTLE_PROFILES, type ThrottleProfile } from '@viaduct/hub';
import { CONFIG_OPTIONS, type ConfigOption, type ConfigValue } from './config-options.ts';
import { StartFault } from './start-fault.ts';

/** What the server runs with. Made once by `readConfig`, frozen, and passed on as values; nothing else reads the environment. */
export interface ServerConfig {
  /** Absolute. */
  readonly dataDirectory: string;
  /** Undefined listens on every interface. */
  readonly bindAddress: string | undefined;
  readonly hostNames: readonly string[];
  readonly mqttPort: number;
  readonly amqpPort: number;
  readonly httpsPort: number;
  readonly metricsPort: number;
  /** Names of the options that somebody gave; a port that was given has no fall-back. */
  readonly given: ReadonlySet<string>;
  readonly mqttPlainPort: number | undefined;
  readonly amqpPlainPort: number | undefined;
  readonly amqpPlainBind: string | undefined;
  readonly readyFile: string | undefined;
  readonly agent: boolean;
  readonly partitions: number;
  readonly retentionHours: number;
  readonly retentionBytes: number;
  readonly segmentBytes: number;
  readonly fileBytesMax: number;
  /** Origins that dashboards may frame. */
  readonly frameOrigins: readonly string[];
  /** 0 keeps no history. */
  readonly historyDays: number;
  readonly historyBytes: number;
  readonly historyMemoryBytes: number;
  readonly historyThreads: number;
  readonly profile: ThrottleProfile;
  /** Changes to the profile, as given; known to be readable. */
  readonly throttle: string | undefined;
  readonly dailyMessages: number | undefined;
  /** Undefined: as the profile says. */
  readonly jobsActiveMax: number | undefined;
  readonly jobDevicesPerSecond: number | undefined;
  readonly faultInjection: boolean;
  readonly encryptionKey: string | undefined;
  readonly logLevel: string;
  readonly tlsCertificateFile: string | undefined;
  readonly tlsKeyFile: string | undefined;
  readonly tlsCaFile: string | undefined;
  /** What a child process needs to run at all; secrets are not among it. */
  readonly childEnvironment: Readonly<Record<string, string>>;
}

export interface ConfigSources {
  /** As the command line parsed them: option name to text, or to true and false for switches. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Taken = { -readonly [Name in keyof ServerConfig]?: ServerConfig[Name] } & Record<string, unknown>;

/**
 * The configuration from flags, then environment, then defaults.
 *
 * @throws StartFault naming every fault at once, one a line: nobody should have to start a server six times
 */
export function readConfig({ flags, env }: ConfigSources): ServerConfig {
  const faults: string[] = [];
  const given = new Set<string>();
  const taken: Taken = { given };
  for (const option of CONFIG_OPTIONS) {
    const text = flags[option.name] ?? env[option.env];
    if (text !== undefined && text !== '') given.add(option.name);
    taken[option.name] = given.has(option.name) ? read(option, String(text), faults) : option.default;
  }
  const config = taken as unknown as ServerConfig;
  faults.push(...contradictions(config));
  if (faults.length > 0) {
    throw new StartFault(2, `the configuration has ${count(faults)}:\n${bullets(faults)}`);
  }
  return Object.freeze({
    ...config,
    dataDirectory: resolve(config.dataDirectory),
    childEnvironment: childEnvironment(env),
  });
}

const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'LD_PRELOAD'];

function childEnvironment(env: ConfigSources['env']): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function read(option: ConfigOption, text: string, faults: string[]): ConfigValue {
  const parsed = PARSERS[option.type](text, option);
  if ('fault' in parsed) {
    faults.push(`${option.flag ?? option.env} (${option.env}): ${parsed.fault}, not ${JSON.stringify(text)}`);
    return option.default;
  }
  return parsed.value;
}

type Parsed = { readonly value: ConfigValue } | { readonly fault: string };

const PARSERS: Record<ConfigOption['type'], (text: string, option: ConfigOption) => Parsed> = {
  text: (text) => ({ value: text }),
  path: (text) => ({ value: resolve(text) }),
  address: (text) => (isIP(text) > 0 ? { value: text } : { fault: 'an IPv4 or IPv6 address' }),
  names: (text) => readNames(text),
  origins: (text) => readOrigins(text),
  switch: (text) => readSwitch(text),
  integer: (text, option) => readInteger(text, option),
  rates: (text) => readRates(text),
  choice: (text, { choices = [] }) =>
    choices.includes(text) ? { value: text } : { fault: `one of ${choices.join(', ')}` },
};

function readRates(text: string): Parsed {
  try {
    changeLimits(THROTTLE_PROFILES.relaxed, text);
    return { value: text };
  } catch (error) {
    return { fault: asHubError(error).message };
  }
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

function readNames(text: string): Parsed {
  const names = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const valid = names.every((name) => isIP(name) > 0 || HOST_NAME.test(name));
  return valid ? { value: names } : { fault: 'host names or addresses separated by commas' };
}

/** Nothing but scheme, host and port: each goes into the policy of the console's pages as it is. */
function readOrigins(text: string): Parsed {
  const origins = text
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  const valid = origins.every(
    (origin) => URL.canParse(origin) && new URL(origin).origin === origin && origin.startsWith('https:'),
  );
  return valid ? { value: origins } : { fault: 'origins separated by commas: https://charts.example' };
}

function readSwitch(text: string): Parsed {
  if (/^(true|on|yes|1)$/i.test(text)) return { value: true };
  if (/^(false|off|no|0)$/i.test(text)) return { value: false };
  return { fault: 'on or off' };
}

function readInteger(text: string, { min = 0, max = Number.MAX_SAFE_INTEGER, unit }: ConfigOption): Parsed {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return { value };
  return { fault: `a whole number from ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}` };
}

function contradictions(config: ServerConfig): string[] {
  const faults: string[] = [];
  if ((config.tlsCertificateFile === undefined) !== (config.tlsKeyFile === undefined)) {
    faults.push('--tls-certificate and --tls-key belong together: give both or neither');
  }
  if (config.tlsCaFile !== undefined && config.tlsCertificateFile === undefined) {
    faults.push('--tls-ca tells clients whom to trust for a certificate of your own: give --tls-certificate as well');
  }
  if (config.encryptionKey !== undefined && Buffer.from(config.encryptionKey, 'base64').length !== 32) {
    faults.push('VIADUCT_ENCRYPTION_KEY: 32 bytes in base64; make one with "openssl rand -base64 32"');
  }
  if (config.amqpPlainBind !== undefined && config.amqpPlainPort === undefined) {
    faults.push('--amqp-plain-bind says where --amqp-plain-port listens: give the port as well');
  }
  const { mqttPort, amqpPort, httpsPort, metricsPort, amqpPlainPort } = config;
  const ports = [mqttPort, amqpPort, httpsPort, metricsPort, ...(amqpPlainPort === undefined ? [] : [amqpPlainPort])];
  if (new Set(ports).size < ports.length) faults.push('the ports of MQTT, AMQP, HTTPS and metrics must differ');
  return faults;
}

function count(faults: readonly string[]): string {
  return faults.length === 1 ? 'a fault' : `${faults.length} faults`;
}

function bullets(faults: readonly string[]): string {
  return faults.map((fault) => `  - ${fault}`).join('\n');
}
