import { Command } from 'commander';
import { listConfigurations } from '../configurations.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { configurationTable } from '../show-configuration.ts';

export function configurationList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list configurations, with how many devices each targets and has come to')
    .action((options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const configurations = await output.waiting('asking for configurations', listConfigurations(rest));
        output.answer(configurations, () => configurationTable(configurations));
      }),
    );
}
