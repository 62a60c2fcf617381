import { HubError, isValidId, LIMITS, type NewJob } from '@viaduct/contracts';
import { newGuid } from '../command/new-guid.ts';
import { requireMethod } from '../method/invoke-method.ts';
import type { DeviceWork, JobRecord, KeepsJobs, LimitsJobs, MakesRandomness, TellsTime } from '../ports.ts';
import { parseCondition } from '../query/parse-query.ts';
import { requireTwinChange } from '../twin/patch-twin.ts';
import { NO_COUNTS } from './job-counts.ts';

/**
 * Makes a job that changes twins or calls a method, on every device that fits a condition when it starts. All that can be
 * known to be wrong with it is refused now, not on each device. Resolves when the job is durable.
 *
 * @throws HubError argument.invalid, twin.tooLarge, message.tooLarge, job.exists, job.tooMany (retry), store.unavailable (retry)
 */
export async function scheduleJob(
  hub: KeepsJobs & LimitsJobs & TellsTime & MakesRandomness,
  input: NewJob,
): Promise<JobRecord> {
  const createdTime = hub.clock.now();
  const startTime = requireStart(input.startTime ?? createdTime, createdTime);
  const job: JobRecord = {
    jobId: requireJobId(input.jobId ?? newGuid(hub)),
    work: workOf(input),
    status: startTime > createdTime ? 'scheduled' : 'queued',
    createdTime,
    startTime,
    startedTime: null,
    endedTime: null,
    failureReason: null,
    counts: NO_COUNTS,
    progress: 0,
    targetsFixed: false,
    linesDone: 0,
  };
  await insertJob(hub, job);
  return job;
}

/** @throws HubError job.exists, job.tooMany (retry), job.transferRunning (retry), store.unavailable (retry) */
export async function insertJob(hub: KeepsJobs & LimitsJobs, job: JobRecord): Promise<void> {
  const { activeMax } = hub.jobLimits;
  const result = await hub.jobs.insert(job, activeMax);
  switch (result) {
    case 'inserted':
      return;
    case 'exists':
      throw new HubError('job.exists', `there is a job "${job.jobId}" already`);
    case 'tooMany':
      throw new HubError('job.tooMany', `${activeMax} jobs have not ended; no more are taken`);
    case 'transferRunning':
      throw new HubError('job.transferRunning', 'another import or export has not ended');
    default:
      result satisfies never;
  }
}

/** `query` is the word of the list in the REST API. @throws HubError argument.invalid */
function requireJobId(jobId: string): string {
  if (isValidId(jobId) && jobId.toLowerCase() !== 'query') return jobId;
  const text = `${JSON.stringify(jobId.slice(0, 140))} is not a valid job id: 1 to ${LIMITS.ID_CHARACTERS_MAX} letters, digits or -:.+%_#*?!(),=@;$', and not "query"`;
  throw new HubError('argument.invalid', text);
}

/** A start in the past means now: clocks differ. */
function requireStart(startTime: number, now: number): number {
  const latest = now + LIMITS.JOB_AHEAD_SECONDS_MAX * 1_000;
  if (!Number.isFinite(startTime) || startTime < 0 || startTime > latest) {
    const days = LIMITS.JOB_AHEAD_SECONDS_MAX / 86_400;
    throw new HubError('argument.invalid', `startTime is a time, at most ${days} days ahead`);
  }
  return Math.max(startTime, now);
}

function workOf({ condition, maxExecutionSeconds = LIMITS.JOB_SECONDS_DEFAULT, update, method }: NewJob): DeviceWork {
  if (condition.trim() === '') {
    throw new HubError('argument.invalid', 'queryCondition says which devices the job is for; "*" is for all');
  }
  parseCondition(condition);
  const isWhole = Number.isInteger(maxExecutionSeconds) && maxExecutionSeconds >= 1;
  if (!isWhole || maxExecutionSeconds > LIMITS.JOB_SECONDS_MAX) {
    const text = `maxExecutionTimeInSeconds is a whole number from 1 to ${LIMITS.JOB_SECONDS_MAX}, not ${maxExecutionSeconds}`;
    throw new HubError('argument.invalid', text);
  }
  const when = { condition, maxExecutionSeconds };
  if (update !== undefined && method === undefined) {
    if (update.tags === undefined && update.desired === undefined) {
      throw new HubError('argument.invalid', 'updateTwin has tags or properties.desired');
    }
    requireTwinChange(update);
    return { type: 'scheduleUpdateTwin', ...when, update };
  }
  if (method !== undefined && update === undefined) {
    requireMethod(method);
    return { type: 'scheduleDeviceMethod', ...when, method };
  }
  throw new HubError('argument.invalid', 'a job has either updateTwin or cloudToDeviceMethod, as its type says');
}
