import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { deleteFile } from '../files.ts';

export function fileDelete(context: CliContext): Command {
  return withServer(new Command('delete'))
    .argument('<deviceId>', 'id of the device')
    .argument('<name...>', 'names of the files, as `viaduct file list` shows them')
    .description('delete files that a device uploaded')
    .action((deviceId: string, names: readonly string[], options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        // One by one: where one is missing, those before it are gone, and the message names it.
        for (const name of names) await deleteFile(rest, deviceId, name);
        output.answer({ deviceId, deleted: names }, () => names.map((name) => `deleted ${name}\n`).join(''));
      }),
    );
}
