import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { type CentralOptions, onCentral, withCentral } from '../on-central.ts';
import { readJsonObject } from '../read-text-file.ts';
import { templateFacts } from '../show-template.ts';
import { importTemplate, readTemplate } from '../templates.ts';

interface ImportOptions extends CentralOptions {
  readonly replace?: boolean;
}

export function templateImport(context: CliContext): Command {
  return withCentral(new Command('import'))
    .argument('<file>', 'DTDL interface, or device template of this server or of Azure IoT Central; JSON')
    .option('--replace', 'a template of this identifier may be there already')
    .description('publish a device template; interfaces that it only names are looked up on the server')
    .action((file: string, options: ImportOptions) =>
      onCentral(context, options, async ({ rest, output }) => {
        const read = readTemplate(await readJsonObject('the file', file));
        const template = await importTemplate(rest, read, options.replace === true);
        output.answer(template, () => templateFacts(template));
      }),
    );
}
