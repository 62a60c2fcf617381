import type { JobDeviceStatus, JobStatus, JobView } from '@viaduct/contracts';
import type { Tone } from '../../ui/status-badge.tsx';

/** What jobs are and do, in words. Pure. */

/** One line: what it does, without to whom. */
export function describeJob(job: Pick<JobView, 'type' | 'update' | 'method'>): string {
  if (job.type === 'import') return 'Imports identities';
  if (job.type === 'export') return 'Exports identities';
  if (job.method !== null) return `Calls ${job.method.methodName}`;
  const parts = [
    listed('tag', Object.keys(job.update?.tags ?? {})),
    listed('desired property', Object.keys(job.update?.desired ?? {})),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Changes twins' : `Changes ${parts.join(' and ')}`;
}

const NAMES_MAX = 3;

function listed(kind: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const plural = kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`;
  const more = names.length > NAMES_MAX ? ', …' : '';
  return `${names.length === 1 ? kind : plural} ${names.slice(0, NAMES_MAX).join(', ')}${more}`;
}

/** A job whose devices failed has completed all the same; the badge says both. */
export function jobState({ status, counts }: Pick<JobView, 'status' | 'counts'>): { word: string; tone: Tone } {
  switch (status) {
    case 'scheduled':
      return { word: 'Scheduled', tone: 'quiet' };
    case 'queued':
      return { word: 'Queued', tone: 'quiet' };
    case 'running':
      return { word: 'Running', tone: 'warn' };
    case 'completed':
      return counts.failed === 0
        ? { word: 'Completed', tone: 'good' }
        : { word: `Completed, ${counts.failed.toLocaleString('en')} failed`, tone: 'bad' };
    case 'failed':
      return { word: 'Failed', tone: 'bad' };
    case 'cancelled':
      return { word: 'Cancelled', tone: 'quiet' };
    default:
      return status satisfies never;
  }
}

export const DEVICE_WORDS: Readonly<Record<JobDeviceStatus, string>> = {
  pending: 'Waiting',
  running: 'Under way',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Not done',
};

export const DEVICE_TONES: Readonly<Record<JobDeviceStatus, Tone>> = {
  pending: 'quiet',
  running: 'warn',
  completed: 'good',
  failed: 'bad',
  cancelled: 'quiet',
};

export const STATUS_WORDS: Readonly<Record<JobStatus, string>> = {
  scheduled: 'Scheduled',
  queued: 'Queued',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};
