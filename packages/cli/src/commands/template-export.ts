import { Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { type CentralOptions, onCentral, withCentral } from '../on-central.ts';
import { getTemplate } from '../templates.ts';

interface ExportOptions extends CentralOptions {
  readonly as: 'template' | 'dtdl';
}

export function templateExport(context: CliContext): Command {
  return withCentral(new Command('export'))
    .argument('<id>', 'identifier of the template')
    .addOption(
      new Option('--as <form>', 'a device template as Azure IoT Central has it, or its model alone')
        .choices(['template', 'dtdl'])
        .default('template'),
    )
    .description('print a device template as a file that `viaduct template import` takes')
    .action((id: string, options: ExportOptions) =>
      onCentral(context, options, async ({ rest, output }) => {
        const { etag: _etag, ...template } = await getTemplate(rest, id);
        const file = options.as === 'dtdl' ? template.capabilityModel : template;
        output.answer(file, () => `${JSON.stringify(file, null, 2)}\n`);
      }),
    );
}
