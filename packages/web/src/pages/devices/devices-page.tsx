import { Button, Group, Select, Skeleton, Stack, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconDevicesOff, IconPlus, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { DeviceRow, Page } from '@viaduct/contracts';
import { useEffect, useState } from 'react';
import { devicesQuery } from '../../api/queries.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { DEVICE_STATES, type DevicesSearch } from '../../ui/search-params.ts';
import { AddDeviceDialog } from './add-device-dialog.tsx';
import { DeviceTable } from './device-table.tsx';
import classes from './devices.module.css';

const route = getRouteApi('/shell/devices');
const PAGE_SIZE = 50;
const SEARCH_DELAY_MS = 200;

export function DevicesPage() {
  usePageTitle('Devices');
  useFleetStream();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const cursor = search.pages?.at(-1);
  const wanted = { search: search.search, state: search.state, cursor, limit: PAGE_SIZE };
  const devices = useQuery({ ...devicesQuery(wanted), placeholderData: keepPreviousData });
  const openDialog = () => void navigate({ search: (old) => ({ ...old, add: true }) });
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1}>
          Devices{' '}
          {devices.data !== undefined && (
            <span className={classes.total}>{devices.data.total.toLocaleString('en')}</span>
          )}
        </Title>
        <Button leftSection={<IconPlus size={16} />} onClick={openDialog}>
          Add device
        </Button>
      </Group>
      <Filters search={search} />
      {devices.isError && <ProblemAlert error={devices.error} onRetry={() => void devices.refetch()} />}
      {devices.isPending && <Skeleton height={320} />}
      {devices.isSuccess && <DevicesFound page={devices.data} search={search} onAdd={openDialog} />}
      <AddDeviceDialog
        opened={search.add === true}
        onClose={() => void navigate({ search: (old) => ({ ...old, add: undefined }) })}
      />
    </Stack>
  );
}

function Filters({ search }: { readonly search: DevicesSearch }) {
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(search.search ?? '');
  const apply = useDebouncedCallback((text: string) => {
    void navigate({ replace: true, search: (old) => ({ ...old, search: text || undefined, pages: undefined }) });
  }, SEARCH_DELAY_MS);
  // Back and forward change the address; the field follows.
  useEffect(() => setTyped(search.search ?? ''), [search.search]);
  return (
    <Group gap="sm" className={classes.filters}>
      <TextInput
        aria-label="Search by device id"
        placeholder="Search by id"
        leftSection={<IconSearch size={16} />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          apply(event.currentTarget.value);
        }}
      />
      <Select
        aria-label="State"
        placeholder="Any state"
        clearable
        data={[
          { value: 'connected', label: 'Connected' },
          { value: 'disconnected', label: 'Offline' },
          { value: 'disabled', label: 'Disabled' },
        ]}
        value={search.state ?? null}
        onChange={(value) => {
          const state = DEVICE_STATES.find((candidate) => candidate === value);
          void navigate({ search: (old) => ({ ...old, state, pages: undefined }) });
        }}
      />
    </Group>
  );
}

interface DevicesFoundProps {
  readonly page: Page<DeviceRow>;
  readonly search: DevicesSearch;
  readonly onAdd: () => void;
}

function DevicesFound({ page, search, onAdd }: DevicesFoundProps) {
  const navigate = route.useNavigate();
  if (page.items.length === 0) {
    return search.search === undefined && search.state === undefined ? (
      <EmptyState
        icon={IconDevicesOff}
        title="No devices yet"
        text="Add a device by hand; or let devices bring their identity with them, by a group that lets in all that are alike."
      >
        <Group gap="xs">
          <Button onClick={onAdd}>Add the first device</Button>
          <ButtonLink to="/enrollments/new" variant="default">
            Let many in
          </ButtonLink>
        </Group>
      </EmptyState>
    ) : (
      <EmptyState icon={IconDevicesOff} title="None found" text="No device matches this search.">
        <Button variant="default" onClick={() => void navigate({ search: {} })}>
          Show all devices
        </Button>
      </EmptyState>
    );
  }
  const goTo = (pages: readonly string[]) => {
    void navigate({ search: (old) => ({ ...old, pages: pages.length === 0 ? undefined : pages }) });
  };
  const pages = search.pages ?? [];
  return (
    <>
      <DeviceTable rows={page.items} />
      {(pages.length > 0 || page.cursor !== undefined) && (
        <Group justify="flex-end" gap="xs">
          <span className="quiet">Page {pages.length + 1}</span>
          <Button variant="default" size="xs" disabled={pages.length === 0} onClick={() => goTo(pages.slice(0, -1))}>
            Previous
          </Button>
          <Button
            variant="default"
            size="xs"
            disabled={page.cursor === undefined}
            onClick={() => page.cursor !== undefined && goTo([...pages, page.cursor])}
          >
            Next
          </Button>
        </Group>
      )}
    </>
  );
}
