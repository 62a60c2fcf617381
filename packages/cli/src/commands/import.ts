import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { LIMITS } from '@viaduct/contracts';
import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { openFile, putFile, removeFile, signContainer, startTransfer } from '../job-files.ts';
import { untilEnded } from '../jobs.ts';
import { saveFile } from '../save-file.ts';
import { jobFacts, progressOf } from '../show-job.ts';

interface Options extends CommonOptions {
  readonly errors?: string;
  readonly force?: boolean;
}

export function importDevices(context: CliContext): Command {
  return withServer(new Command('import'))
    .argument('<file>', 'a JSON object a line, as `viaduct export` writes them')
    .description('create, change and remove devices by the lines of a file')
    .option('--errors <file>', 'where to write which lines were refused, and why; otherwise FILE.errors')
    .option('--force', 'overwrite that file')
    .action((file: string, options: Options) =>
      onServer(context, options, async ({ rest, output }) => {
        const bytes = await sizeOf(file);
        const container = await signContainer(rest, LIMITS.JOB_CONTAINER_SECONDS_MAX);
        const name = randomUUID();
        const [inputBlobName, outputBlobName] = [`${name}.txt`, `${name}.errors`];
        let sent = 0;
        const content = createReadStream(file).on('data', (chunk) => {
          sent += chunk.length;
        });
        const percent = () => `${Math.floor((100 * sent) / Math.max(1, bytes))} %`;
        try {
          await output.waiting(() => `sending: ${percent()}`, putFile(rest, container, inputBlobName, content, bytes));
          let job = await startTransfer(rest, {
            type: 'import',
            ...{ inputBlobContainerUri: container.containerUri, inputBlobName },
            ...{ outputBlobContainerUri: container.containerUri, outputBlobName },
          });
          const ended = untilEnded(rest, job, (answer) => {
            job = answer;
          });
          job = await output.waiting(() => `importing: ${progressOf(job)}`, ended);
          if (job.failedCount > 0 && job.status === 'completed') {
            const errors = options.errors ?? `${file}.errors`;
            const open = () => openFile(rest, container, outputBlobName);
            await saveFile({ file: errors, force: options.force === true, open, onBytes: () => undefined });
            output.note(`${job.failedCount} lines were refused; ${errors} says which, and why.`);
          }
          if (job.failedCount > 0 || job.status !== 'completed') context.setExitCode(ExitCode.refused);
          output.answer(job, () => jobFacts(job));
        } finally {
          // They may hold keys; what cannot be removed now, the server removes within a week.
          for (const each of [inputBlobName, outputBlobName]) {
            await removeFile(rest, container, each).catch(() => undefined);
          }
        }
      }),
    );
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw new CliFailure(ExitCode.usage, `the file ${file} cannot be read`, 'Name a file with a device a line.', {
      cause,
    });
  }
}
