import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  JobDevicePage,
  JobDeviceStatus,
  JobPage,
  JobStatus,
  JobTargetCount,
  JobView,
  NewJob,
} from '@viaduct/contracts';
import { get, query, send } from './request.ts';

const PAGE_SIZE = 50;
const DEVICES_PAGE_SIZE = 200;

/** Changes and calls for many devices at once, and the registry as a file. */
export const jobsClient = {
  list: (status: JobStatus | undefined, cursor?: string) =>
    get<JobPage>(`/jobs${query({ status, cursor, limit: PAGE_SIZE })}`),
  job: (jobId: string) => get<JobView>(jobPath(jobId)),
  devices: (jobId: string, status: JobDeviceStatus | undefined, cursor?: string) =>
    get<JobDevicePage>(`${jobPath(jobId)}/devices${query({ status, cursor, limit: DEVICES_PAGE_SIZE })}`),
  create: (body: NewJob) => send<JobView>('POST', '/jobs', body),
  cancel: (jobId: string) => send<JobView>('POST', `${jobPath(jobId)}/cancel`),
  countTargets: (condition: string) => send<JobTargetCount>('POST', '/jobs/targets', { condition }),
};

function jobPath(jobId: string): string {
  return `/jobs/${encodeURIComponent(jobId)}`;
}

export function isOver(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** Often while something moves, seldom when not: nothing on the live stream tells of jobs. */
const MOVING_MS = 1_000;
const STILL_MS = 5_000;

export const jobsQuery = (status: JobStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: ['jobs', 'list', status ?? 'all'],
    queryFn: ({ pageParam }) => jobsClient.list(status, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: ({ state }) => {
      const jobs = state.data?.pages.flatMap((page) => page.items) ?? [];
      return jobs.some((job) => !isOver(job.status)) ? MOVING_MS : STILL_MS;
    },
  });

export const jobQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['jobs', 'job', jobId],
    queryFn: () => jobsClient.job(jobId),
    refetchInterval: ({ state }) => (state.data !== undefined && isOver(state.data.status) ? false : MOVING_MS),
  });

export const jobDevicesQuery = (jobId: string, status: JobDeviceStatus | undefined, isMoving: boolean) =>
  infiniteQueryOptions({
    queryKey: ['jobs', 'job', jobId, 'devices', status ?? 'all'],
    queryFn: ({ pageParam }) => jobsClient.devices(jobId, status, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: isMoving ? MOVING_MS : false,
  });

export const targetCountQuery = (condition: string) =>
  queryOptions({
    queryKey: ['jobs', 'targets', condition],
    queryFn: () => jobsClient.countTargets(condition),
    retry: false,
  });
