import { Command } from 'commander';
import { applyContent, readContentFile } from '../configurations.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

export function configurationApply(context: CliContext): Command {
  return withServer(new Command('apply'))
    .argument('<deviceId>', 'id of the device')
    .argument('<file>', 'JSON file with deviceContent, modulesContent or, with --module, moduleContent')
    .description('put the content of a configuration into one device at once, without making a configuration')
    .option('--module <moduleId>', 'into this module of the device')
    .action((deviceId: string, file: string, options: CommonOptions & { readonly module?: string }) =>
      onServer(context, options, async ({ rest, output }) => {
        await applyContent(rest, { deviceId, moduleId: options.module }, await readContentFile(file));
        output.answer({ applied: deviceId }, () => `applied to ${deviceId}\n`);
      }),
    );
}
