import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { openFile } from '../files.ts';
import { saveFile } from '../save-file.ts';

interface GetOptions extends CommonOptions {
  readonly output?: string;
  readonly force?: boolean;
}

export function fileGet(context: CliContext): Command {
  return withServer(new Command('get'))
    .argument('<deviceId>', 'id of the device')
    .argument('<name>', 'name of the file, as `viaduct file list` shows it')
    .description('download a file that a device uploaded')
    .option('-o, --output <file>', 'where to; otherwise the last part of the name, in this folder')
    .option('--force', 'overwrite a file that is there')
    .action((deviceId: string, name: string, options: GetOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const file = options.output ?? lastPart(name);
        let bytes = 0;
        let total: number | undefined;
        const open = async () => {
          const content = await openFile(rest, deviceId, name);
          total = Number(content.headers['content-length']);
          return content;
        };
        const onBytes = (count: number) => {
          bytes += count;
        };
        const saved = saveFile({ file, force: options.force === true, open, onBytes });
        await output.waiting(() => `downloading: ${far(bytes, total)}`, saved);
        output.answer({ deviceId, name, file, bytes }, () => `${bytes} bytes saved as ${file}\n`);
      }),
    );
}

function far(bytes: number, total: number | undefined): string {
  const mega = (count: number) => (count / 1_000_000).toFixed(1);
  return total === undefined ? 'waiting for the server' : `${mega(bytes)} of ${mega(total)} MB`;
}

/** The device chose the name, so what is taken of it must not lead out of this folder. @throws CliFailure usage */
function lastPart(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  if (/^(?!\.{1,2}$)[^\p{Cc}:]+$/u.test(last)) return last;
  throw new CliFailure(ExitCode.usage, 'the name of this file is none for a file here', 'Name one with -o FILE.');
}
