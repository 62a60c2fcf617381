import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onServer, type ServerWork, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { connectionStringOf, getDevice } from '../registry.ts';
import { eventHubsOf } from '../server-address.ts';

interface Options extends CommonOptions {
  readonly device?: string;
  readonly secondary?: boolean;
  readonly policy?: string;
  readonly eventHubs?: boolean;
}

export function connectionString(context: CliContext): Command {
  return withServer(new Command('connection-string'))
    .description('print a connection string: of the hub, of a device, or of the Event Hubs endpoint')
    .option('--device <id>', "the device's")
    .option('--secondary', 'with the secondary key of that device')
    .option('--policy <name>', "the hub's, as this policy", 'iothubowner')
    .option('--event-hubs', 'of the Event Hubs-compatible endpoint, with EntityPath')
    .action((options: Options) => {
      if (options.device !== undefined && options.eventHubs === true) {
        throw new CliFailure(ExitCode.usage, '--device and --event-hubs name different things', 'Give one of them.');
      }
      return onServer(context, options, async (server) => {
        const text = await find(server, options);
        server.output.answer({ connectionString: text }, () => text);
      });
    });
}

async function find({ address, rest }: ServerWork, options: Options): Promise<string> {
  if (options.device !== undefined) {
    return connectionStringOf(address, await getDevice(rest, options.device), options.secondary === true);
  }
  if (options.eventHubs === true) return eventHubsOf(address);
  if (options.policy !== address.policy) {
    throw new CliFailure(
      ExitCode.notFound,
      `the key of the policy ${options.policy} is not known here`,
      `Known is ${address.policy}.`,
    );
  }
  return address.hubConnectionString;
}
