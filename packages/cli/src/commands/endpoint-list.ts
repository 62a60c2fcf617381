import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { endpointTable, listEndpoints } from '../routing.ts';

export function endpointList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list the endpoints besides the built-in one, and how they are doing')
    .action((options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const endpoints = await output.waiting('asking for endpoints', listEndpoints(rest));
        output.answer(endpoints, () => endpointTable(endpoints));
      }),
    );
}
