import { setTimeout as wait } from 'node:timers/promises';
import type { RestClient } from './rest-client.ts';

export interface JobStatistics {
  readonly deviceCount: number;
  readonly succeededCount: number;
  readonly failedCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly cancelledCount: number;
}

/** A job over devices as the REST API gives it; only what these commands read. */
export interface DeviceJob {
  readonly jobId: string;
  readonly type: 'scheduleUpdateTwin' | 'scheduleDeviceMethod';
  readonly status: string;
  readonly createdTime: string;
  readonly startTime: string;
  readonly endTime?: string;
  readonly queryCondition: string;
  readonly maxExecutionTimeInSeconds: number;
  readonly failureReason?: string;
  readonly deviceJobStatistics: JobStatistics;
}

/** An import or export. */
export interface TransferJob {
  readonly jobId: string;
  readonly type: 'import' | 'export';
  readonly status: string;
  readonly progress: number;
  readonly startTimeUtc: string;
  readonly endTimeUtc?: string;
  readonly failureReason?: string;
  readonly completedCount: number;
  readonly failedCount: number;
}

export type AnyJob = DeviceJob | TransferJob;

/** How a job went on one device. */
export interface JobDevice {
  readonly deviceId: string;
  readonly moduleId?: string;
  readonly status: string;
  readonly outcome?: { readonly deviceMethodResponse: { readonly status: number; readonly payload: unknown } };
  readonly error?: { readonly code: string; readonly description: string };
}

const WAIT_MS_MIN = 100;
const WAIT_MS_MAX = 1_000;

/** @throws HubError job.exists, job.tooMany; CliFailure refused with what is wrong about it */
export async function createJob(rest: RestClient, jobId: string, job: object): Promise<DeviceJob> {
  return (await rest.send({ method: 'PUT', path: jobPath(jobId), body: { jobId, ...job } })) as DeviceJob;
}

/** Of either kind. @throws HubError job.notFound */
export async function getJob(rest: RestClient, jobId: string): Promise<AnyJob> {
  const found = await unlessMissing(() => rest.send({ method: 'GET', path: jobPath(jobId) }));
  return (found ?? (await rest.send({ method: 'GET', path: transferPath(jobId) }))) as AnyJob;
}

/** Of either kind. Resolves with the job. @throws HubError job.notFound */
export async function cancelJob(rest: RestClient, jobId: string): Promise<AnyJob> {
  const found = await unlessMissing(() => rest.send({ method: 'POST', path: `${jobPath(jobId)}/cancel` }));
  if (found !== undefined) return found as DeviceJob;
  await rest.send({ method: 'DELETE', path: transferPath(jobId) });
  return getJob(rest, jobId);
}

/** At most `top` of each kind, newest first. */
export async function listJobs(
  rest: RestClient,
  { top, type, status }: { readonly top: number; readonly type?: string; readonly status?: string },
): Promise<readonly AnyJob[]> {
  const isTransfer = type === 'import' || type === 'export';
  const query = {
    ...(type === undefined ? {} : { jobType: type }),
    ...(status === undefined ? {} : { jobStatus: status }),
  };
  const devices = isTransfer ? [] : await pages<DeviceJob>(rest, '/jobs/v2/query', query, top);
  if (type !== undefined && !isTransfer) return devices;
  const transfers = (await rest.send({ method: 'GET', path: '/jobs' })) as TransferJob[];
  const fitting = transfers.filter(
    (job) => (type === undefined || job.type === type) && (status === undefined || job.status === status),
  );
  return [...devices, ...fitting.slice(0, top)];
}

export function listJobDevices(
  rest: RestClient,
  jobId: string,
  { top, status }: { readonly top: number; readonly status?: string },
): Promise<readonly JobDevice[]> {
  return pages<JobDevice>(rest, `${jobPath(jobId)}/devices`, status === undefined ? {} : { status }, top);
}

/** Asks until the job has ended; tells every answer on the way. Resolves with the last. */
export async function untilEnded<T extends AnyJob>(rest: RestClient, job: T, onAnswer: (job: T) => void): Promise<T> {
  let current = job;
  for (let pause = WAIT_MS_MIN; !hasEnded(current); pause = Math.min(pause * 2, WAIT_MS_MAX)) {
    await wait(pause);
    current = (await getJob(rest, job.jobId)) as T;
    onAnswer(current);
  }
  return current;
}

export function isTransferJob(job: AnyJob): job is TransferJob {
  return job.type === 'import' || job.type === 'export';
}

function hasEnded({ status, ...job }: AnyJob): boolean {
  if (!['completed', 'failed', 'cancelled'].includes(status)) return false;
  // A cancelled job still tells its devices so.
  const { pendingCount = 0, runningCount = 0 } = 'deviceJobStatistics' in job ? job.deviceJobStatistics : {};
  return pendingCount + runningCount === 0;
}

async function pages<T>(
  rest: RestClient,
  path: string,
  query: Readonly<Record<string, string>>,
  top: number,
): Promise<readonly T[]> {
  const found: T[] = [];
  let continuation: string | undefined;
  do {
    const { value, headers } = await rest.exchange({
      method: 'GET',
      path,
      query,
      headers: {
        'x-ms-max-item-count': String(top - found.length),
        ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
      },
    });
    found.push(...(value as T[]));
    continuation = headers['x-ms-continuation']?.toString();
  } while (continuation !== undefined && found.length < top);
  return found;
}

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'job.notFound') return undefined;
    throw thrown;
  }
}

function jobPath(jobId: string): string {
  return `/jobs/v2/${encodeURIComponent(jobId)}`;
}

function transferPath(jobId: string): string {
  return `/jobs/${encodeURIComponent(jobId)}`;
}
