import type { JobRecord, KeepsJobs, TellsTime } from '../ports.ts';
import { getJob } from './get-job.ts';

/**
 * Ends a job: no device begins any more, and those whose turn never came are told as cancelled. What is under way on a device
 * goes on, and its outcome is kept. A job that has ended stays as it ended.
 *
 * @throws HubError job.notFound, store.unavailable (retry)
 */
export async function cancelJob(hub: KeepsJobs & TellsTime, jobId: string): Promise<JobRecord> {
  const step = { status: 'cancelled', endedTime: hub.clock.now() } as const;
  const cancelled = await hub.jobs.step(jobId, ['scheduled', 'queued', 'running'], step);
  return cancelled ?? getJob(hub, jobId);
}
