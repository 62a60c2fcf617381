import { Button, Select, Skeleton, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ALLOCATION_POLICIES, type ProvisioningView } from '@viaduct/contracts';
import { hubsQuery, provisioningClient, provisioningQuery } from '../../api/provisioning-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { notify, notifyProblem } from '../../ui/notify.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { ALLOCATION_CHOICES } from './enrollment-words.ts';
import { LinkHubDialog } from './link-hub-dialog.tsx';
import { LinkedHubCard } from './linked-hub-card.tsx';
import classes from './provisioning.module.css';

const route = getRouteApi('/shell/linked-hubs');

/** The hubs that devices may be sent to, and how one is chosen. */
export function LinkedHubsPage() {
  usePageTitle('Linked hubs');
  useFleetStream();
  const { add = false } = route.useSearch();
  const navigate = route.useNavigate();
  const setAdding = (isOpen: boolean) => void navigate({ search: { add: isOpen || undefined }, replace: true });
  const hubs = useQuery(hubsQuery);
  const provisioning = useQuery(provisioningQuery);
  return (
    <Stack gap="md">
      <PageHead
        title="Linked hubs"
        text="Devices that enrolments let in are sent to one of these. This server is always one; another Viaduct or an Azure IoT hub is linked by its connection string."
      >
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          Link a hub
        </Button>
      </PageHead>
      {provisioning.isSuccess && <DefaultAllocation view={provisioning.data} />}
      {hubs.isError && <ProblemAlert error={hubs.error} onRetry={() => void hubs.refetch()} />}
      {hubs.isPending && <Skeleton height={160} />}
      {hubs.data?.map((hub) => (
        <LinkedHubCard key={hub.hostName} hub={hub} />
      ))}
      <LinkHubDialog opened={add} onClose={() => setAdding(false)} />
    </Stack>
  );
}

function DefaultAllocation({ view }: { readonly view: ProvisioningView }) {
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: (allocationPolicy: ProvisioningView['allocationPolicy']) =>
      provisioningClient.saveSettings(view.etag, { allocationPolicy }),
    onSuccess: (saved) => {
      queryClient.setQueryData(provisioningQuery.queryKey, saved);
      notify('Saved; it counts from the next registration');
    },
    onError: notifyProblem,
  });
  return (
    <section className={`card ${classes.form}`} aria-label="How a hub is chosen">
      <Select
        label="Which hub a device gets"
        description="For enrolments that say nothing else."
        allowDeselect={false}
        disabled={save.isPending}
        // A single hub or a webhook is named by the enrolment, so they are no default.
        data={ALLOCATION_CHOICES.filter(
          ({ value }) => value === 'hashed' || value === 'geoLatency' || value === view.allocationPolicy,
        )}
        value={view.allocationPolicy}
        onChange={(value) => {
          const chosen = ALLOCATION_POLICIES.find((each) => each === value);
          if (chosen !== undefined && chosen !== view.allocationPolicy) save.mutate(chosen);
        }}
      />
    </section>
  );
}
