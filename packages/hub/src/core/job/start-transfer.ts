import { newGuid } from '../command/new-guid.ts';
import type {
  JobRecord,
  KeepsJobs,
  KnowsItsNames,
  LimitsJobs,
  MakesRandomness,
  SignsBlobs,
  TellsTime,
  TransferWork,
} from '../ports.ts';
import { NO_COUNTS } from './job-counts.ts';
import { requireFile } from './open-container.ts';
import { insertJob } from './schedule-job.ts';

/** As Azure names them. */
export const DEVICES_FILE = 'devices.txt';
export const IMPORT_ERRORS_FILE = 'importErrors.log';

/**
 * Begins an import or an export of the registry; one at a time. Resolves when the job is durable.
 *
 * @throws HubError container.invalid, argument.invalid, job.transferRunning (retry), job.tooMany (retry), store.unavailable (retry)
 */
export async function startTransfer(
  hub: KeepsJobs & LimitsJobs & TellsTime & MakesRandomness & SignsBlobs & KnowsItsNames,
  work: TransferWork,
): Promise<JobRecord> {
  if (work.type === 'import') requireFile(hub, work.input, 'read');
  requireFile(hub, work.output, 'write');
  const now = hub.clock.now();
  const job: JobRecord = {
    jobId: newGuid(hub),
    work,
    status: 'queued',
    createdTime: now,
    startTime: now,
    startedTime: null,
    endedTime: null,
    failureReason: null,
    counts: NO_COUNTS,
    progress: 0,
    // It goes through the registry or a file as it finds them.
    targetsFixed: true,
    linesDone: 0,
  };
  await insertJob(hub, job);
  return job;
}
