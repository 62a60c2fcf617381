import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { removeRoute } from '../routing.ts';

export function routeRemove(context: CliContext): Command {
  return withServer(new Command('remove'))
    .argument('<name...>', 'names of the routes')
    .description('remove routes; what they took until now is still delivered')
    .action((names: readonly string[], options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        for (const name of names) await removeRoute(rest, name);
        output.answer({ removed: names }, () => names.map((name) => `removed ${name}\n`).join(''));
      }),
    );
}
