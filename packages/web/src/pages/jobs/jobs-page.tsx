import { Button, Group, Select, Stack } from '@mantine/core';
import { IconChecklist, IconPlus, IconTransfer } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { JOB_STATUSES } from '@viaduct/contracts';
import { jobsQuery } from '../../api/jobs-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Listing } from '../../ui/listing.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { JobTable } from './job-table.tsx';
import { STATUS_WORDS } from './job-words.ts';
import { TransferDialog } from './transfer-dialog.tsx';

const route = getRouteApi('/shell/jobs');

/** What is done, was done and will be done to many devices at once. */
export function JobsPage() {
  usePageTitle('Jobs');
  useFleetStream();
  const { status, transfer = false } = route.useSearch();
  const navigate = route.useNavigate();
  const jobs = useInfiniteQuery(jobsQuery(status));
  const items = jobs.data?.pages.flatMap((page) => page.items) ?? [];
  const setTransfer = (isOpen: boolean) =>
    void navigate({ search: (old) => ({ ...old, transfer: isOpen || undefined }), replace: true });
  return (
    <Stack gap="md">
      <PageHead
        title="Jobs"
        text="A job changes the twins of many devices, or calls a method on each, now or at a time that you choose; and it tells how every one of them fared."
      >
        <Button variant="default" leftSection={<IconTransfer size={16} />} onClick={() => setTransfer(true)}>
          Import or export
        </Button>
        <ButtonLink to="/jobs/new" leftSection={<IconPlus size={16} />}>
          New job
        </ButtonLink>
      </PageHead>
      <Group>
        <Select
          aria-label="Status"
          placeholder="Any status"
          clearable
          data={JOB_STATUSES.map((value) => ({ value, label: STATUS_WORDS[value] }))}
          value={status ?? null}
          onChange={(value) => {
            const wanted = JOB_STATUSES.find((candidate) => candidate === value);
            void navigate({ search: (old) => ({ ...old, status: wanted }) });
          }}
        />
      </Group>
      <Listing
        answer={jobs}
        rows={items}
        empty={
          status === undefined ? (
            <EmptyState
              icon={IconChecklist}
              title="No jobs yet"
              text="Set a tag on every device of a site, raise an interval on all with old firmware, reboot a hundred pumps tonight."
            >
              <ButtonLink to="/jobs/new">Make the first job</ButtonLink>
            </EmptyState>
          ) : (
            <EmptyState
              icon={IconChecklist}
              title="None found"
              text={`No job is ${STATUS_WORDS[status].toLowerCase()}.`}
            >
              <Button variant="default" onClick={() => void navigate({ search: {} })}>
                Show all jobs
              </Button>
            </EmptyState>
          )
        }
      >
        {(rows) => (
          <JobTable jobs={rows}>
            <LoadMore pages={jobs} />
          </JobTable>
        )}
      </Listing>
      <TransferDialog opened={transfer} onClose={() => setTransfer(false)} />
    </Stack>
  );
}
