import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { isOver, jobDevicesQuery, jobQuery } from '../../../api/jobs-client.ts';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { JobBadge } from '../../jobs/job-badge.tsx';
import { JobProgress } from '../../jobs/job-progress.tsx';
import { Failures } from './failures.tsx';

/** The job that was begun, until it is over; and those it failed on. */
export function BulkJobProgress({ jobId, onClose }: { readonly jobId: string; readonly onClose: () => void }) {
  const job = useQuery(jobQuery(jobId));
  const isMoving = job.data === undefined || !isOver(job.data.status);
  const hasFailures = (job.data?.counts.failed ?? 0) > 0;
  const failed = useInfiniteQuery({ ...jobDevicesQuery(jobId, 'failed', isMoving), enabled: hasFailures });
  const queryClient = useQueryClient();
  // The rows behind the dialog are of before.
  useEffect(() => {
    if (!isMoving) void queryClient.invalidateQueries({ queryKey: ['query', 'answer'] });
  }, [isMoving, queryClient]);
  if (job.isError) return <ProblemAlert error={job.error} onRetry={() => void job.refetch()} />;
  if (job.data === undefined) return <Skeleton height={60} />;
  const failures = (failed.data?.pages[0]?.items ?? []).map(({ deviceId, moduleId, error }) => ({
    name: moduleId === null ? deviceId : `${deviceId}/${moduleId}`,
    message: error?.message ?? 'the device answered with a failure',
  }));
  return (
    <Stack>
      <div role="status">
        <JobBadge job={job.data} />
      </div>
      <JobProgress job={job.data} />
      <Failures failures={failures} total={job.data.counts.failed} />
      <Group justify="flex-end">
        <ButtonLink variant="default" to="/jobs/$jobId" params={{ jobId }}>
          Open the job
        </ButtonLink>
        <Button onClick={onClose}>{isMoving ? 'Leave it running' : 'Done'}</Button>
      </Group>
    </Stack>
  );
}
