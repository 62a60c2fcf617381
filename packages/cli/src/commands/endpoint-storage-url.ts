import { LIMITS } from '@viaduct/contracts';
import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { readNumber } from '../read-json.ts';
import { storageUrl } from '../routing.ts';

export function endpointStorageUrl(context: CliContext): Command {
  return withServer(new Command('storage-url'))
    .description(
      'print an address with which any storage client lists, reads and deletes the files of storage endpoints',
    )
    .option('--hours <n>', 'how long it is good', '1')
    .action(({ hours, ...options }: CommonOptions & { readonly hours: string }) => {
      const count = readNumber('--hours', hours, { min: 1, max: LIMITS.STORAGE_ACCESS_HOURS_MAX, whole: true });
      return onServer(context, options, async ({ rest, output }) => {
        const access = await storageUrl(rest, count);
        output.answer(access, () => `${access.url}\n`);
      });
    });
}
