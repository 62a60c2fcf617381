import { JOB_STATUSES, JOB_TYPES } from '@viaduct/contracts';
import { Command, Option } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { listJobs } from '../jobs.ts';
import { readNumber } from '../read-json.ts';
import { jobTable } from '../show-job.ts';

interface Options extends CommonOptions {
  readonly type?: string;
  readonly status?: string;
  readonly top: string;
}

const TOP_MAX = 10_000;

export function jobList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list jobs, newest first; imports and exports come last')
    .addOption(new Option('--type <type>', 'only of this type').choices([...JOB_TYPES]))
    .addOption(new Option('--status <status>', 'only in this state').choices([...JOB_STATUSES]))
    .option('--top <n>', `at most this many, up to ${TOP_MAX}`, '100')
    .action(({ type, status, ...options }: Options) => {
      const top = readNumber('--top', options.top, { min: 1, max: TOP_MAX, whole: true });
      return onServer(context, options, async ({ rest, output }) => {
        const which = { top, ...(type === undefined ? {} : { type }), ...(status === undefined ? {} : { status }) };
        const jobs = await output.waiting('asking for jobs', listJobs(rest, which));
        output.answer(jobs, () => jobTable(jobs));
      });
    });
}
