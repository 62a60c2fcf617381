import { Command } from 'commander';
import { addConsumerGroup } from '../consumer-groups.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

export function consumerGroupAdd(context: CliContext): Command {
  return withServer(new Command('add'))
    .argument('<name>', 'what readers call it; upper and lower case are the same')
    .description('make a consumer group, so that its readers go their own way through the events')
    .action((name: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const group = await addConsumerGroup(rest, name);
        output.answer(group, () => `consumer group ${group.name} is there\n`);
      }),
    );
}
