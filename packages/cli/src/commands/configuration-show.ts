import { Command } from 'commander';
import { getConfiguration } from '../configurations.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { configurationFacts } from '../show-configuration.ts';

export function configurationShow(context: CliContext): Command {
  return withServer(new Command('show'))
    .argument('<id>', 'id of the configuration')
    .description('show a configuration and its metrics; with --json its content too')
    .action((id: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const configuration = await getConfiguration(rest, id);
        output.answer(configuration, () => configurationFacts(configuration));
      }),
    );
}
