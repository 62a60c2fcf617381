import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { type DeviceFile, listFiles } from '../files.ts';
import { table } from '../output.ts';
import { readNumber } from '../read-json.ts';

const TOP_DEFAULT = 1_000;
const TOP_MAX = 1_000_000;

export function fileList(context: CliContext): Command {
  return withServer(new Command('list'))
    .argument('<deviceId>', 'id of the device')
    .description('list the files that a device and its modules uploaded')
    .option('--top <n>', `at most this many, up to ${TOP_MAX}`, String(TOP_DEFAULT))
    .action((deviceId: string, options: CommonOptions & { readonly top: string }) => {
      const top = readNumber('--top', options.top, { min: 1, max: TOP_MAX, whole: true });
      return onServer(context, options, async ({ rest, output }) => {
        const files = await output.waiting('asking for files', listFiles(rest, deviceId, top));
        output.answer(files, () => fileTable(files));
        if (files.length === top) output.note(`The first ${top}; there may be more. --top asks for them.`);
      });
    });
}

function fileTable(files: readonly DeviceFile[]): string {
  if (files.length === 0) return 'No files yet.\n';
  const rows = files.map(({ name, bytes, contentType, lastModifiedTime }) => [
    String(bytes),
    lastModifiedTime,
    contentType ?? '',
    printable(name),
  ]);
  return table(['BYTES', 'LAST MODIFIED', 'TYPE', 'NAME'], rows);
}

/** A device chose the name: what steers a terminal is shown as what it is. */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, (character) => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}
