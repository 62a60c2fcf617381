import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { type CentralOptions, onCentral, withCentral } from '../on-central.ts';
import { templateTable } from '../show-template.ts';
import { listTemplates } from '../templates.ts';

export function templateList(context: CliContext): Command {
  return withCentral(new Command('list'))
    .description('list the published device templates')
    .action((options: CentralOptions) =>
      onCentral(context, options, async ({ rest, output }) => {
        const templates = await listTemplates(rest);
        output.answer(templates, () => templateTable(templates));
      }),
    );
}
