import { JOB_DEVICE_STATUSES } from '@viaduct/contracts';
import { Command, Option } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { getJob, isTransferJob, listJobDevices } from '../jobs.ts';
import { readNumber } from '../read-json.ts';
import { jobDeviceTable, jobFacts } from '../show-job.ts';

interface Options extends CommonOptions {
  readonly status?: string;
  readonly top: string;
}

const TOP_MAX = 1_000_000;

export function jobShow(context: CliContext): Command {
  return withServer(new Command('show'))
    .argument('<jobId>', 'id of the job')
    .description('show a job, and how it went on each device')
    .addOption(new Option('--status <status>', 'only devices in this state').choices([...JOB_DEVICE_STATUSES]))
    .option('--top <n>', `at most this many devices, up to ${TOP_MAX}`, '20')
    .action((jobId: string, { status, ...options }: Options) => {
      const top = readNumber('--top', options.top, { min: 0, max: TOP_MAX, whole: true });
      return onServer(context, options, async ({ rest, output }) => {
        const job = await getJob(rest, jobId);
        const isAsked = top > 0 && !isTransferJob(job);
        const asking = isAsked ? listJobDevices(rest, jobId, { top, ...(status && { status }) }) : Promise.resolve([]);
        const devices = await output.waiting('asking for devices', asking);
        output.answer(isAsked ? { ...job, devices } : job, () => `${jobFacts(job)}${jobDeviceTable(devices)}`);
      });
    });
}
