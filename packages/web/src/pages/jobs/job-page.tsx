import { Alert, Skeleton, Stack } from '@mantine/core';
import { IconAlertTriangle, IconChecklist } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { JobView } from '@viaduct/contracts';
import { isOver, jobQuery, jobsClient } from '../../api/jobs-client.ts';
import { ConsoleRefusal } from '../../api/request.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { DetailHead } from '../../ui/detail-head.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { JobBadge } from './job-badge.tsx';
import { JobDevices } from './job-devices.tsx';
import { JobFacts } from './job-facts.tsx';
import { JobProgress } from './job-progress.tsx';

const route = getRouteApi('/shell/jobs/$jobId');

/** One job: what it does to whom, how far it is, how each device fared. */
export function JobPage() {
  const { jobId } = route.useParams();
  usePageTitle(jobId, 'Jobs');
  useFleetStream();
  const job = useQuery(jobQuery(jobId));
  if (job.isPending) return <Skeleton height={320} />;
  if (job.isError) {
    const isUnknown = job.error instanceof ConsoleRefusal && job.error.code === 'job.notFound';
    if (!isUnknown) return <ProblemAlert error={job.error} onRetry={() => void job.refetch()} />;
    return (
      <EmptyState order={1} icon={IconChecklist} title="No such job" text={(job.error as ConsoleRefusal).advice}>
        <ButtonLink to="/jobs">Show all jobs</ButtonLink>
      </EmptyState>
    );
  }
  return <KnownJob job={job.data} />;
}

function KnownJob({ job }: { readonly job: JobView }) {
  return (
    <Stack gap="md">
      <DetailHead crumb={<Link to="/jobs">Jobs</Link>} title={job.jobId} badge={<JobBadge job={job} />}>
        {!isOver(job.status) && <CancelJob jobId={job.jobId} />}
      </DetailHead>
      {job.failureReason !== null && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="The job failed">
          {job.failureReason}
        </Alert>
      )}
      <section className="card" aria-label="Progress">
        <JobProgress job={job} />
      </section>
      <JobFacts job={job} />
      {job.condition !== null && <JobDevices key={job.jobId} job={job} />}
    </Stack>
  );
}

function CancelJob({ jobId }: { readonly jobId: string }) {
  const queryClient = useQueryClient();
  const cancel = async () => {
    queryClient.setQueryData(jobQuery(jobId).queryKey, await jobsClient.cancel(jobId));
    await queryClient.invalidateQueries({ queryKey: ['jobs'] });
  };
  return (
    <ConfirmButton
      label={`Cancel ${jobId}`}
      text="Cancel job…"
      question={`Cancel ${jobId}?`}
      consequence="Devices that had their turn stay as they are now; those that had not are left alone."
      action="Cancel job"
      done={`${jobId} is cancelled`}
      act={cancel}
    />
  );
}
