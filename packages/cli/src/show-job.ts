import {
  type AnyJob,
  type DeviceJob,
  isTransferJob,
  type JobDevice,
  type JobStatistics,
  type TransferJob,
} from './jobs.ts';
import { facts, table } from './output.ts';

export function jobTable(jobs: readonly AnyJob[]): string {
  if (jobs.length === 0) return 'No jobs yet.\n';
  const rows = jobs.map((job) => [
    job.jobId,
    job.type,
    job.status,
    progressOf(job),
    isTransferJob(job) ? '' : job.queryCondition,
  ]);
  return table(['JOB', 'TYPE', 'STATUS', 'PROGRESS', 'CONDITION'], rows);
}

export function jobFacts(job: AnyJob): string {
  return isTransferJob(job) ? transferFacts(job) : deviceJobFacts(job);
}

/** How far a job is, for a line that is drawn anew. */
export function progressOf(job: AnyJob): string {
  if (isTransferJob(job)) return `${job.progress} % (${job.completedCount + job.failedCount} lines)`;
  const { deviceCount, failedCount } = job.deviceJobStatistics;
  const done = deviceCount - job.deviceJobStatistics.pendingCount - job.deviceJobStatistics.runningCount;
  return `${done} of ${deviceCount}${failedCount === 0 ? '' : `, ${failedCount} failed`}`;
}

export function jobDeviceTable(devices: readonly JobDevice[]): string {
  if (devices.length === 0) return '';
  const rows = devices.map(({ deviceId, moduleId, status, outcome, error }) => [
    moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`,
    status,
    error === undefined ? '' : error.code,
    error?.description ?? answerOf(outcome),
  ]);
  return table(['DEVICE', 'STATUS', 'CODE', 'ANSWER'], rows);
}

function answerOf(outcome: JobDevice['outcome']): string {
  if (outcome === undefined) return '';
  const { status, payload } = outcome.deviceMethodResponse;
  return `${status} ${JSON.stringify(payload)}`;
}

function deviceJobFacts(job: DeviceJob): string {
  return facts([
    ['job', job.jobId],
    ['type', job.type],
    ['status', job.status],
    ['why', job.failureReason],
    ['condition', job.queryCondition],
    ['start', job.startTime],
    ['end', job.endTime],
    ['devices', countsText(job.deviceJobStatistics)],
  ]);
}

function transferFacts(job: TransferJob): string {
  return facts([
    ['job', job.jobId],
    ['type', job.type],
    ['status', job.status],
    ['why', job.failureReason],
    ['start', job.startTimeUtc],
    ['end', job.endTimeUtc],
    ['progress', `${job.progress} %`],
    ['lines', `${job.completedCount} done, ${job.failedCount} refused`],
  ]);
}

function countsText({ deviceCount, ...counts }: JobStatistics): string {
  const words = [
    ['done', counts.succeededCount],
    ['failed', counts.failedCount],
    ['under way', counts.runningCount],
    ['waiting', counts.pendingCount],
    ['not done', counts.cancelledCount],
  ] as const;
  const told = words.filter(([, count]) => count > 0).map(([word, count]) => `${count} ${word}`);
  return [String(deviceCount), ...told].join(', ');
}
