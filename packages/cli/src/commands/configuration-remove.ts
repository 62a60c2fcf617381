import { Command } from 'commander';
import { removeConfiguration } from '../configurations.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

export function configurationRemove(context: CliContext): Command {
  return withServer(new Command('remove'))
    .argument('<id...>', 'ids of configurations')
    .description('remove configurations; devices lose what they set, and take what is next in priority')
    .action((ids: readonly string[], options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        for (const id of ids) await removeConfiguration(rest, id);
        output.answer({ removed: ids }, () => ids.map((id) => `removed ${id}\n`).join(''));
      }),
    );
}
