import { Button, Skeleton, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { EventReadersView } from '@viaduct/contracts';
import { useState } from 'react';
import { eventReadersQuery } from '../../api/events-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { AddGroupDialog } from './add-group-dialog.tsx';
import { ConsumerGroupCard } from './consumer-group-card.tsx';
import { ReadEvents } from './read-events.tsx';

/** Where back ends read what devices say: the endpoint, who reads from it now, and how far behind each is. */
export function EventsPage() {
  usePageTitle('Events');
  useFleetStream();
  const readers = useQuery(eventReadersQuery);
  const [isAdding, setAdding] = useState(false);
  return (
    <Stack gap="md">
      <PageHead
        title="Events"
        text="Programs read messages here with any client for Azure Event Hubs. Each consumer group reads everything at its own pace: give every program a group of its own."
      >
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          Add consumer group
        </Button>
      </PageHead>
      {readers.isError && <ProblemAlert error={readers.error} onRetry={() => void readers.refetch()} />}
      {readers.isPending && <Skeleton height={260} />}
      {readers.data !== undefined && <Readers view={readers.data} />}
      <AddGroupDialog opened={isAdding} onClose={() => setAdding(false)} />
    </Stack>
  );
}

function Readers({ view }: { readonly view: EventReadersView }) {
  return (
    <>
      <ReadEvents view={view} />
      {view.groups.map((group) => (
        <ConsumerGroupCard key={group.name} group={group} partitions={view.partitions} />
      ))}
    </>
  );
}
