import { randomUUID } from 'node:crypto';
import { LIMITS } from '@viaduct/contracts';
import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { createJob, type DeviceJob, untilEnded } from '../jobs.ts';
import { readJson, readNumber } from '../read-json.ts';
import { jobFacts, progressOf } from '../show-job.ts';

interface Options extends CommonOptions {
  readonly desired?: string;
  readonly tags?: string;
  readonly method?: string;
  readonly payload: string;
  readonly timeout: string;
  readonly connectTimeout: string;
  readonly id?: string;
  readonly start?: string;
  readonly maxSeconds: string;
  readonly wait?: boolean;
}

export function jobRun(context: CliContext): Command {
  return withServer(new Command('run'))
    .argument('<condition>', "which devices, in the query language: \"tags.site = 'north'\"; '*' for all")
    .description('change twins, or call a method, on every device that fits a condition')
    .option('--desired <json>', 'merged into the desired properties of each')
    .option('--tags <json>', 'merged into the tags of each')
    .option('--method <name>', 'direct method to call on each')
    .option('--payload <json>', 'what the method is called with', 'null')
    .option('--timeout <seconds>', 'longest wait for an answer', String(LIMITS.METHOD_RESPONSE_SECONDS_DEFAULT))
    .option('--connect-timeout <seconds>', 'longest wait for a device to connect', '0')
    .option('--id <jobId>', 'a random one otherwise')
    .option('--start <time>', 'when, like 2030-01-01T00:00:00Z; now otherwise')
    .option('--max-seconds <n>', 'devices that had no turn by then are not done', String(LIMITS.JOB_SECONDS_DEFAULT))
    .option('--wait', 'until the job has ended; 1 is the exit code when a device failed or was not done')
    .action((condition: string, options: Options) => {
      const body = { queryCondition: condition, ...workOf(options), ...timesOf(options) };
      return onServer(context, options, async ({ rest, output }) => {
        let job = await createJob(rest, options.id ?? randomUUID(), body);
        if (options.wait === true) {
          const ended = untilEnded(rest, job, (answer) => {
            job = answer;
          });
          job = await output.waiting(() => `${job.status}: ${progressOf(job)}`, ended);
          if (!isAllDone(job)) context.setExitCode(ExitCode.refused);
        }
        output.answer(job, () => jobFacts(job));
      });
    });
}

function isAllDone({ status, deviceJobStatistics }: DeviceJob): boolean {
  return status === 'completed' && deviceJobStatistics.succeededCount === deviceJobStatistics.deviceCount;
}

function workOf(options: Options): object {
  const { desired, tags, method, payload } = options;
  const changesTwins = desired !== undefined || tags !== undefined;
  if (changesTwins === (method !== undefined)) {
    const advice = 'Give --desired and --tags, one of them, or --method.';
    throw new CliFailure(ExitCode.usage, 'a job either changes twins or calls a method', advice);
  }
  if (method === undefined) {
    return {
      type: 'scheduleUpdateTwin',
      updateTwin: {
        etag: '*',
        ...(tags === undefined ? {} : { tags: readJson('--tags', tags) }),
        ...(desired === undefined ? {} : { properties: { desired: readJson('--desired', desired) } }),
      },
    };
  }
  return {
    type: 'scheduleDeviceMethod',
    cloudToDeviceMethod: {
      methodName: method,
      payload: readJson('--payload', payload),
      ...timeoutsOf(options),
    },
  };
}

function timeoutsOf({ timeout, connectTimeout }: Options) {
  const { METHOD_RESPONSE_SECONDS_MIN: min, METHOD_RESPONSE_SECONDS_MAX: max, METHOD_CONNECT_SECONDS_MAX } = LIMITS;
  return {
    responseTimeoutInSeconds: readNumber('--timeout', timeout, { min, max, whole: true }),
    connectTimeoutInSeconds: readNumber('--connect-timeout', connectTimeout, {
      min: 0,
      max: METHOD_CONNECT_SECONDS_MAX,
      whole: true,
    }),
  };
}

function timesOf({ start, maxSeconds }: Options) {
  const max = LIMITS.JOB_SECONDS_MAX;
  return {
    ...(start === undefined ? {} : { startTime: readTime(start) }),
    maxExecutionTimeInSeconds: readNumber('--max-seconds', maxSeconds, { min: 1, max, whole: true }),
  };
}

function readTime(text: string): string {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new CliFailure(ExitCode.usage, `--start ${text}: no time`, 'Write it like 2030-01-01T00:00:00Z.');
}
