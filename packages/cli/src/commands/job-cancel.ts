import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { cancelJob } from '../jobs.ts';
import { jobFacts } from '../show-job.ts';

export function jobCancel(context: CliContext): Command {
  return withServer(new Command('cancel'))
    .argument('<jobId>', 'id of the job')
    .description('end a job: no device begins any more; `viaduct job show` tells which were not done')
    .action((jobId: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const job = await cancelJob(rest, jobId);
        output.answer(job, () => jobFacts(job));
      }),
    );
}
