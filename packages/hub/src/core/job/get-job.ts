import type { DeviceIdentity } from '@viaduct/contracts';
import { HubError, type JobDeviceStatus, LIMITS } from '@viaduct/contracts';
import type { JobDeviceRecord, JobRecord, KeepsJobs, ListJobs } from '../ports.ts';

/** @throws HubError job.notFound */
export async function getJob(hub: KeepsJobs, jobId: string): Promise<JobRecord> {
  const job = await hub.jobs.find(jobId);
  if (job === undefined) throw jobNotFound(jobId);
  return job;
}

/** A page of jobs, newest first. The last of a full page is `after` of the next. */
export function listJobs(hub: KeepsJobs, query: ListJobs): Promise<readonly JobRecord[]> {
  return hub.jobs.list({ ...query, limit: pageOf(query.limit) });
}

/** A page of a job's devices in order of device and module. @throws HubError job.notFound */
export async function listJobDevices(
  hub: KeepsJobs,
  jobId: string,
  page: { readonly status?: JobDeviceStatus; readonly after?: DeviceIdentity; readonly limit: number },
): Promise<readonly JobDeviceRecord[]> {
  await getJob(hub, jobId);
  return hub.jobs.listDevices(jobId, { ...page, limit: pageOf(page.limit) });
}

/** Where a page of jobs ends, as text that `parseJobPosition` reads. */
export function formatJobPosition({ createdTime, jobId }: Pick<JobRecord, 'createdTime' | 'jobId'>): string {
  return `${createdTime} ${jobId}`;
}

/** @throws HubError argument.invalid */
export function parseJobPosition(text: string): Pick<JobRecord, 'createdTime' | 'jobId'> {
  const [, createdTime, jobId] = /^(\d{1,15}) (\S{1,128})$/.exec(text) ?? [];
  if (createdTime === undefined || jobId === undefined) {
    throw new HubError('argument.invalid', 'the continuation is not one that this hub gave');
  }
  return { createdTime: Number(createdTime), jobId };
}

export function jobNotFound(jobId: string): HubError {
  return new HubError('job.notFound', `there is no job "${jobId.slice(0, 140)}"`);
}

function pageOf(limit: number): number {
  return Math.min(Math.max(1, Math.trunc(limit)), LIMITS.JOB_PAGE_MAX);
}
