import type { Command } from 'commander';
import { Output, type Streams } from './output.ts';
import { PROVISIONING } from './provisioning-dialect.ts';
import { RestClient } from './rest-client.ts';
import {
  type Environment,
  type ProvisioningAddress,
  resolveProvisioning,
  resolveServer,
  type ServerAddress,
  type ServerOptions,
} from './server-address.ts';

/** What a command gets from the process that runs it. */
export interface CliContext {
  readonly streams: Streams;
  readonly env: Environment;
  /** Aborted by Ctrl-C and SIGTERM: streams end cleanly. */
  readonly stop: AbortSignal;
  /** Called with the exit code of a command that succeeded in running, but whose answer is not a plain yes. */
  readonly setExitCode: (code: number) => void;
  /** Runs this very command line again in a process that trusts the file; see `trust-ca.ts`. Resolves with its exit code. */
  readonly runTrusting: (caFile: string) => Promise<number>;
}

export interface CommonOptions extends ServerOptions {
  readonly json?: boolean;
}

/** The options that every command speaking to a server has, so that they may stand after it. */
export function withServer(command: Command): Command {
  return withData(command)
    .option('--connection-string <text>', 'of the policy to act as, for a server elsewhere (VIADUCT_CONNECTION_STRING)')
    .option('--ca <file>', 'root certificate of that server (VIADUCT_CA_FILE)')
    .option('--https-port <port>', 'HTTPS port of that server, where it is not 443 (VIADUCT_HTTPS_PORT)');
}

/** For commands that need the folder itself. */
export function withData(command: Command): Command {
  return command
    .option('--json', 'print JSON: one value, or one a line for streams')
    .option('--data <dir>', 'data folder of the server on this machine (default: ./data, or VIADUCT_DATA)');
}

export interface ServerWork {
  readonly address: ServerAddress;
  readonly rest: RestClient;
  readonly output: Output;
}

/** Finds the server, does the work, closes the connections. */
export async function onServer(
  context: CliContext,
  options: CommonOptions,
  work: (server: ServerWork) => Promise<void>,
): Promise<void> {
  const address = await resolveServer(options, context.env);
  const rest = new RestClient(address);
  try {
    await work({ address, rest, output: new Output(context.streams, options.json === true) });
  } finally {
    rest.close();
  }
}

export interface ProvisioningWork extends ServerWork {
  readonly address: ProvisioningAddress;
}

/** As `onServer`, for the provisioning service. */
export async function onProvisioning(
  context: CliContext,
  options: CommonOptions,
  work: (server: ProvisioningWork) => Promise<void>,
): Promise<void> {
  const address = await resolveProvisioning(options, context.env);
  const rest = new RestClient(address, PROVISIONING);
  try {
    await work({ address, rest, output: new Output(context.streams, options.json === true) });
  } finally {
    rest.close();
  }
}
