import { Stack } from '@mantine/core';
import { IconAdjustments, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { configurationsQuery } from '../../api/configurations-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Listing } from '../../ui/listing.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ConfigurationTable } from './configuration-table.tsx';

/** Settings that find their devices by themselves, and how far each has come. */
export function ConfigurationsPage() {
  usePageTitle('Configurations');
  useFleetStream();
  const configurations = useQuery(configurationsQuery);
  return (
    <Stack gap="md">
      <PageHead
        title="Configurations"
        text="A configuration sets desired properties on every device that fits its condition: on those that fit now and on those that will. Where two set the same, the higher priority wins."
      >
        <ButtonLink to="/configurations/new" leftSection={<IconPlus size={16} />}>
          New configuration
        </ButtonLink>
      </PageHead>
      <Listing
        answer={configurations}
        rows={configurations.data}
        empty={
          <EmptyState
            icon={IconAdjustments}
            title="No configurations yet"
            text="Give all devices of a site the same interval, and whatever joins the site later gets it too. A job does a thing once; a configuration keeps it so."
          >
            <ButtonLink to="/configurations/new">Make the first configuration</ButtonLink>
          </EmptyState>
        }
      >
        {(rows) => <ConfigurationTable rows={rows} />}
      </Listing>
    </Stack>
  );
}
