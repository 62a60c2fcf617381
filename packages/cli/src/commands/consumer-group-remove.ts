import { Command } from 'commander';
import { removeConsumerGroup } from '../consumer-groups.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

export function consumerGroupRemove(context: CliContext): Command {
  return withServer(new Command('remove'))
    .argument('<name...>', 'names of the groups')
    .description('remove consumer groups; their readers are detached and stay out')
    .action((names: readonly string[], options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        for (const name of names) await removeConsumerGroup(rest, name);
        output.answer({ removed: names }, () => names.map((name) => `removed ${name}\n`).join(''));
      }),
    );
}
