import { Command } from 'commander';
import { removeCertificate } from '../certificates.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

export function certificateRemove(context: CliContext): Command {
  return withServer(new Command('remove'))
    .argument('<name...>', 'names of the authorities')
    .description('remove certificate authorities; devices that rely on them are disconnected and stay out')
    .action((names: readonly string[], options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        for (const name of names) await removeCertificate(rest, name);
        output.answer({ removed: names }, () => names.map((name) => `removed ${name}\n`).join(''));
      }),
    );
}
