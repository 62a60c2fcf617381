import { Command } from 'commander';
import { openCheckpointStore } from '../consumer-groups.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

export function consumerGroupCheckpoints(context: CliContext): Command {
  return withServer(new Command('checkpoints'))
    .description("print the URL of a container for readers' checkpoints; it is a key, and good for a year")
    .action((options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const store = await openCheckpointStore(rest);
        output.answer(store, () => store.url);
      }),
    );
}
