import { Command } from 'commander';
import { consumerGroupTable, listConsumerGroups } from '../consumer-groups.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

export function consumerGroupList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list the consumer groups, who reads for each, and how far behind they are')
    .action((options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const groups = await output.waiting('asking for consumer groups', listConsumerGroups(rest));
        output.answer(groups, () => consumerGroupTable(groups));
      }),
    );
}
