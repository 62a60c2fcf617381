import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { removeEndpoint } from '../routing.ts';

export function endpointRemove(context: CliContext): Command {
  return withServer(new Command('remove'))
    .argument('<name...>', 'names of the endpoints')
    .description('remove endpoints that no route names; what waits for them is not delivered any more')
    .action((names: readonly string[], options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        for (const name of names) await removeEndpoint(rest, name);
        output.answer({ removed: names }, () => names.map((name) => `removed ${name}\n`).join(''));
      }),
    );
}
