import { randomUUID } from 'node:crypto';
import { LIMITS } from '@viaduct/contracts';
import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { openFile, removeFile, signContainer, startTransfer } from '../job-files.ts';
import { untilEnded } from '../jobs.ts';
import { saveFile } from '../save-file.ts';
import { progressOf } from '../show-job.ts';

interface Options extends CommonOptions {
  readonly excludeKeys?: boolean;
  readonly force?: boolean;
}

export function exportDevices(context: CliContext): Command {
  return withServer(new Command('export'))
    .argument('<file>', 'where to')
    .description('write every device and module with its twin into a file, a JSON object a line')
    .option('--exclude-keys', 'leave the keys out; without it, who has the file can be each of the devices')
    .option('--force', 'overwrite a file that is there')
    .action((file: string, options: Options) =>
      onServer(context, options, async ({ rest, output }) => {
        const container = await signContainer(rest, LIMITS.JOB_CONTAINER_SECONDS_MAX);
        const outputBlobName = `${randomUUID()}.txt`;
        let bytes = 0;
        const open = async () => {
          let job = await startTransfer(rest, {
            type: 'export',
            ...{ outputBlobContainerUri: container.containerUri, outputBlobName },
            excludeKeysInExport: options.excludeKeys === true,
          });
          const ended = untilEnded(rest, job, (answer) => {
            job = answer;
          });
          job = await output.waiting(() => `exporting: ${progressOf(job)}`, ended);
          if (job.status === 'completed') return openFile(rest, container, outputBlobName);
          const why = job.failureReason ?? `the job was ${job.status}`;
          throw new CliFailure(ExitCode.refused, why, 'Correct what the message names, then export again.');
        };
        try {
          const onBytes = (count: number) => {
            bytes += count;
          };
          const saved = saveFile({ file, force: options.force === true, open, onBytes, mode: 0o600 });
          await output.waiting(() => `downloading: ${(bytes / 1_000_000).toFixed(1)} MB`, saved);
        } finally {
          // It may hold keys; what cannot be removed now, the server removes within a week.
          await removeFile(rest, container, outputBlobName).catch(() => undefined);
        }
        output.answer({ file, bytes }, () => `${bytes} bytes saved as ${file}`);
      }),
    );
}
