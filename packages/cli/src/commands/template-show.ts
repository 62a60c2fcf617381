import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { type CentralOptions, onCentral, withCentral } from '../on-central.ts';
import { templateFacts } from '../show-template.ts';
import { getTemplate } from '../templates.ts';

export function templateShow(context: CliContext): Command {
  return withCentral(new Command('show'))
    .argument('<id>', 'identifier of the template')
    .description('show a device template; with --json the whole of it')
    .action((id: string, options: CentralOptions) =>
      onCentral(context, options, async ({ rest, output }) => {
        const template = await getTemplate(rest, id);
        output.answer(template, () => templateFacts(template));
      }),
    );
}
