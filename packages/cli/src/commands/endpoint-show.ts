import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { endpointFacts, getEndpoint, listLosses } from '../routing.ts';

export function endpointShow(context: CliContext): Command {
  return withServer(new Command('show'))
    .argument('<name>', 'name of the endpoint')
    .description('show how an endpoint is doing, its last error, and what it did not get')
    .action((name: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const [endpoint, losses] = await Promise.all([getEndpoint(rest, name), listLosses(rest, name)]);
        output.answer({ ...endpoint, losses }, () => endpointFacts(endpoint, losses));
      }),
    );
}
