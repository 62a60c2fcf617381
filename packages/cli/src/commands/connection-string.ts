import { hubConnectionString } from '@viaduct/contracts';
import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onServer, type ServerWork, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { connectionStringOf, getDevice } from '../registry.ts';
import { dataDirectory, eventHubsOf, resolveProvisioning, type ServerAddress } from '../server-address.ts';

interface Options extends CommonOptions {
  readonly device?: string;
  readonly secondary?: boolean;
  readonly policy?: string;
  readonly eventHubs?: boolean;
  readonly provisioning?: boolean;
}

export function connectionString(context: CliContext): Command {
  return withServer(new Command('connection-string'))
    .description('print a connection string: of the hub, of a device, of the Event Hubs endpoint, or of provisioning')
    .option('--device <id>', "the device's")
    .option('--secondary', 'with the secondary key of that device')
    .option('--policy <name>', "the hub's, as this policy (default: iothubowner, which may do everything)")
    .option('--event-hubs', 'of the Event Hubs-compatible endpoint, with EntityPath')
    .option('--provisioning', 'of the provisioning service, for back ends that manage enrolments')
    .action((options: Options) => {
      const { device, eventHubs, provisioning } = options;
      if ([device !== undefined, eventHubs === true, provisioning === true].filter(Boolean).length > 1) {
        const what = '--device, --event-hubs and --provisioning name different things';
        throw new CliFailure(ExitCode.usage, what, 'Give one of them.');
      }
      return onServer(context, options, async (server) => {
        const text = await find(context, server, options);
        server.output.answer({ connectionString: text }, () => text);
      });
    });
}

async function find(context: CliContext, { address, rest }: ServerWork, options: Options): Promise<string> {
  if (options.device !== undefined) {
    return connectionStringOf(address, await getDevice(rest, options.device), options.secondary === true);
  }
  if (options.eventHubs === true) return eventHubsOf(address);
  if (options.provisioning === true) return (await resolveProvisioning(options, context.env)).hubConnectionString;
  if (options.policy === address.policy || options.policy === undefined) return address.hubConnectionString;
  return asPolicy(context, options, options.policy, address);
}

/** No API gives out the keys of policies; they are read from the data folder, by whoever may read it. */
async function asPolicy(context: CliContext, options: Options, name: string, address: ServerAddress): Promise<string> {
  if (address.ready === undefined) {
    throw new CliFailure(ExitCode.usage, `the key of ${name} is not known here`, 'Run this where the server runs.');
  }
  const { policiesIn } = await import('@viaduct/server');
  const policies = await policiesIn(dataDirectory(options, context.env), context.env.VIADUCT_ENCRYPTION_KEY);
  const policy = policies.find((one) => one.name === name);
  if (policy !== undefined) return hubConnectionString(address.hostName, name, policy.primaryKey);
  const known = policies.map((one) => one.name).join(', ');
  throw new CliFailure(ExitCode.notFound, `there is no policy ${name}`, `There are ${known}.`);
}
