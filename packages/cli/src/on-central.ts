import type { Command } from 'commander';
import { centralDialect } from './central-dialect.ts';
import { CliFailure } from './cli-failure.ts';
import { type CliContext, type CommonOptions, withData } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { Output } from './output.ts';
import { type RestAddress, RestClient } from './rest-client.ts';
import { type Environment, resolveServer } from './server-address.ts';

export interface CentralOptions extends CommonOptions {
  readonly centralUrl?: string;
  readonly apiToken?: string;
}

/** The options of a command that asks central: of the server on this machine, or of one elsewhere. */
export function withCentral(command: Command): Command {
  return withData(command)
    .option('--central-url <url>', 'REST interface of a server elsewhere, with /api (VIADUCT_CENTRAL_URL)')
    .option('--api-token <token>', 'API token to act with there (VIADUCT_API_TOKEN)')
    .option('--ca <file>', 'root certificate of that server (VIADUCT_CA_FILE)');
}

export interface CentralWork {
  /** Paths below begin with `/api`. */
  readonly rest: RestClient;
  readonly output: Output;
}

/** Finds central, does the work, closes the connections. */
export async function onCentral(
  { streams, env }: CliContext,
  options: CentralOptions,
  work: (central: CentralWork) => Promise<void>,
): Promise<void> {
  const { address, token } = await resolveCentral(options, env);
  const rest = new RestClient(address, centralDialect(token));
  try {
    await work({ rest, output: new Output(streams, options.json === true) });
  } finally {
    rest.close();
  }
}

/** @throws CliFailure usage, unreachable */
async function resolveCentral(
  options: CentralOptions,
  env: Environment,
): Promise<{ readonly address: RestAddress; readonly token: string }> {
  const elsewhere = options.centralUrl ?? (options.data === undefined ? env.VIADUCT_CENTRAL_URL : undefined);
  const token = options.apiToken ?? env.VIADUCT_API_TOKEN;
  if (elsewhere === undefined) {
    // Never by a connection string: that is of the hub, and opens nothing here.
    const here = await resolveServer({ ...options, data: options.data ?? env.VIADUCT_DATA ?? './data' }, {});
    return { address: here, token: options.apiToken ?? here.ready?.central.apiToken ?? '' };
  }
  if (token === undefined) {
    throw new CliFailure(
      ExitCode.usage,
      `no API token for ${elsewhere}`,
      'Give --api-token, or VIADUCT_API_TOKEN, with what `viaduct api-token create` printed.',
    );
  }
  const { hostname, port } = urlOf(elsewhere);
  const caFile = options.ca ?? env.VIADUCT_CA_FILE;
  return { address: { hostName: hostname, httpsPort: Number(port || 443), caFile, policy: '', key: '' }, token };
}

function urlOf(text: string): URL {
  if (URL.canParse(text) && text.startsWith('https:')) return new URL(text);
  throw new CliFailure(ExitCode.usage, `"${text}" is not an address`, 'Give one such as https://hub.example.net/api.');
}
