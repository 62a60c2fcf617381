import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HubError, parseConnectionString, type ReadyFile } from '@viaduct/contracts';
import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';

/** Which server, and as whom. */
export interface ServerAddress {
  /** Without port. */
  readonly hostName: string;
  readonly httpsPort: number;
  readonly mqttPort: number;
  readonly amqpPort: number;
  readonly policy: string;
  /** Base64. */
  readonly key: string;
  readonly hubConnectionString: string;
  /** Undefined where only a hub connection string was given. */
  readonly eventHubsConnectionString: string | undefined;
  /** Absolute; undefined trusts the system's roots. */
  readonly caFile: string | undefined;
  /** What the running server wrote of itself; undefined for one named by connection string. */
  readonly ready: ReadyFile | undefined;
}

/** The options that every command which speaks to a server takes. */
export interface ServerOptions {
  readonly data?: string;
  readonly connectionString?: string;
  readonly eventHubsConnectionString?: string;
  readonly ca?: string;
  readonly httpsPort?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const DATA_DEFAULT = './data';
const WHERE = 'Start it with `viaduct serve`, or say which server with --data DIR or --connection-string.';

/**
 * Finds the server: by connection string where one is given, else by the file that a server keeps in its data folder while it
 * runs. What is given on the command line comes before the environment.
 *
 * @throws CliFailure usage for a malformed connection string, unreachable when no server runs in that folder
 */
export async function resolveServer(options: ServerOptions, env: Environment): Promise<ServerAddress> {
  // --data on the command line is a choice; a connection string in the environment is only a habit.
  const habitual = options.data === undefined ? env.VIADUCT_CONNECTION_STRING : undefined;
  const connectionString = options.connectionString ?? habitual;
  if (connectionString) return fromConnectionString(connectionString, options, env);

  const data = resolve(options.data ?? env.VIADUCT_DATA ?? DATA_DEFAULT);
  return fromReadyFile(await readReadyFile(data), options);
}

/** Where provisioning is, and as whom; its REST API has the form of the hub's, so its address has too. */
export interface ProvisioningAddress extends ServerAddress {
  /** Undefined where only a connection string was given. */
  readonly idScope: string | undefined;
}

/**
 * Finds the provisioning service as `resolveServer` finds the hub: it is the same server, with a policy of its own.
 *
 * @throws CliFailure as `resolveServer`
 */
export async function resolveProvisioning(options: ServerOptions, env: Environment): Promise<ProvisioningAddress> {
  const habitual = options.data === undefined ? env.VIADUCT_PROVISIONING_CONNECTION_STRING : undefined;
  const connectionString = options.connectionString ?? habitual;
  if (connectionString) return { ...fromConnectionString(connectionString, options, env), idScope: undefined };

  const ready = await readReadyFile(resolve(options.data ?? env.VIADUCT_DATA ?? DATA_DEFAULT));
  const { idScope, serviceConnectionString } = ready.provisioning;
  return { ...fromReadyFile({ ...ready, hubConnectionString: serviceConnectionString }, options), idScope };
}

/** The folder of the server, for commands that work on it directly. */
export function dataDirectory(options: ServerOptions, env: Environment): string {
  return resolve(options.data ?? env.VIADUCT_DATA ?? DATA_DEFAULT);
}

async function readReadyFile(data: string): Promise<ReadyFile> {
  const file = join(data, 'server.json');
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ReadyFile;
  } catch (cause) {
    const denied = cause instanceof Error && 'code' in cause && cause.code === 'EACCES';
    const why = denied ? `${file} is not yours to read, for it holds keys` : `no server is running in ${data}`;
    throw new CliFailure(ExitCode.unreachable, why, denied ? 'Run this as the user who runs the server.' : WHERE, {
      cause,
    });
  }
}

function fromReadyFile(ready: ReadyFile, options: ServerOptions): ServerAddress {
  const parts = parseHubConnectionString(ready.hubConnectionString);
  return {
    ...parts,
    httpsPort: ready.ports.https,
    mqttPort: ready.ports.mqtt,
    amqpPort: ready.ports.amqp,
    eventHubsConnectionString: options.eventHubsConnectionString ?? ready.eventHubsConnectionString,
    caFile: resolve(options.ca ?? ready.caFile),
    ready,
  };
}

function fromConnectionString(text: string, options: ServerOptions, env: Environment): ServerAddress {
  const caFile = options.ca ?? env.VIADUCT_CA_FILE;
  return {
    ...parseHubConnectionString(text),
    httpsPort: port(options.httpsPort ?? env.VIADUCT_HTTPS_PORT ?? '443'),
    eventHubsConnectionString: options.eventHubsConnectionString ?? env.VIADUCT_EVENT_HUBS_CONNECTION_STRING,
    caFile: caFile ? resolve(caFile) : undefined,
    ready: undefined,
  };
}

function parseHubConnectionString(text: string) {
  const { HostName: host, SharedAccessKeyName: policy, SharedAccessKey: key } = parts(text);
  if (!host || !policy || !key) {
    throw new CliFailure(
      ExitCode.usage,
      'the connection string needs HostName, SharedAccessKeyName and SharedAccessKey',
      'Copy what `viaduct connection-string` prints on the server; a device connection string has no rights here.',
    );
  }
  const [, hostName = host, mqttPort] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return {
    hostName,
    mqttPort: port(mqttPort ?? '8883'),
    amqpPort: 5671,
    policy,
    key,
    hubConnectionString: text.trim(),
  };
}

function parts(text: string): Readonly<Record<string, string>> {
  try {
    return parseConnectionString(text);
  } catch (cause) {
    if (!(cause instanceof HubError)) throw cause;
    throw new CliFailure(
      ExitCode.usage,
      cause.message,
      'Put it in quotes: a shell takes ";" for the end of a command.',
    );
  }
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw new CliFailure(ExitCode.usage, `"${text}" is not a port`, 'Give a number from 1 to 65535.');
}

/**
 * The connection string of the Event Hubs-compatible endpoint.
 *
 * @throws CliFailure usage when only the hub's is known: its entity path is the server's choice and cannot be guessed
 */
export function eventHubsOf(address: ServerAddress): string {
  if (address.eventHubsConnectionString) return address.eventHubsConnectionString;
  throw new CliFailure(
    ExitCode.usage,
    `the Event Hubs connection string of ${address.hostName} is not known here`,
    'Give --event-hubs-connection-string with what `viaduct connection-string --event-hubs` prints on the server.',
  );
}
