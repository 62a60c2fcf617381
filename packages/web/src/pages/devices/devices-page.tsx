import { Button, Group, Menu, Skeleton, Stack, Title } from '@mantine/core';
import { IconChevronDown, IconDownload, IconPlayerPlay, IconPlus, IconStack2, IconUpload } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { directoryQuery, exportUrl } from '../../api/directory-client.ts';
import { readMistake } from '../../editor/read-mistake.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import type { DevicesSearch } from '../../ui/search-params.ts';
import { AddDeviceDialog } from './add-device-dialog.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { ColumnMenu } from './column-menu.tsx';
import { propertyPaths } from './device-columns.ts';
import { DeviceFilters } from './device-filters.tsx';
import { DeviceTable } from './device-table.tsx';
import classes from './devices.module.css';
import { ImportDialog } from './import-dialog.tsx';
import { NoDevices } from './no-devices.tsx';
import { SaveGroupDialog } from './save-group-dialog.tsx';
import { groupFilterOf, isNarrowed, selectionOf } from './selection-of.ts';
import { SimulateDialog } from './simulate-dialog.tsx';
import { useColumns } from './use-columns.ts';
import { useSelection } from './use-selection.ts';

const route = getRouteApi('/shell/devices');

export function DevicesPage() {
  usePageTitle('Devices');
  useFleetStream();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: Partial<DevicesSearch>, options: { readonly replace?: boolean } = {}) =>
    void navigate({ ...options, search: (old) => ({ ...old, ...changed }) });
  const found = selectionOf(search);
  const columns = useColumns();
  const paths = propertyPaths(columns.chosen);
  const devices = useInfiniteQuery({
    ...directoryQuery({
      ...found,
      ...(paths.length === 0 ? {} : { columns: paths.join(',') }),
      ...(search.orderBy === undefined ? {} : { orderBy: search.orderBy, order: search.order ?? 'asc' }),
    }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const selection = useSelection(JSON.stringify(found));
  const rows = devices.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = devices.data?.pages[0]?.total ?? 0;
  const mistake = search.filter === undefined ? null : readMistake(devices.error);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = devices;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1}>
          Devices {devices.data !== undefined && <span className={classes.total}>{total.toLocaleString('en')}</span>}
        </Title>
        <PageActions search={search} onSearch={change} columns={columns} />
      </Group>
      <DeviceFilters search={search} onSearch={change} problem={mistake?.message ?? null} />
      {selection.count > 0 && <BulkBar selection={selection} found={found} total={total} />}
      {devices.isError && mistake === null && (
        <ProblemAlert error={devices.error} onRetry={() => void devices.refetch()} />
      )}
      {devices.isPending && <Skeleton height={320} />}
      {devices.isSuccess && rows.length === 0 && (
        <NoDevices isNarrowed={isNarrowed(search)} onSearch={change} onAll={() => void navigate({ search: {} })} />
      )}
      {rows.length > 0 && (
        <DeviceTable
          rows={rows}
          total={total}
          columns={columns.chosen}
          selection={selection}
          {...(search.orderBy === undefined
            ? {}
            : { order: { orderBy: search.orderBy, descending: search.order === 'desc' } })}
          onOrder={({ orderBy, descending }) => change({ orderBy, order: descending ? 'desc' : undefined })}
          onEnd={onEnd}
        />
      )}
      <AddDeviceDialog opened={search.add === true} onClose={() => change({ add: undefined })} />
      <SimulateDialog opened={search.simulate === true} onClose={() => change({ simulate: undefined })} />
      <ImportDialog opened={search.import === true} onClose={() => change({ import: undefined })} />
    </Stack>
  );
}

interface PageActionsProps {
  readonly search: DevicesSearch;
  readonly onSearch: (change: Partial<DevicesSearch>) => void;
  readonly columns: ReturnType<typeof useColumns>;
}

function PageActions({ search, onSearch, columns }: PageActionsProps) {
  const [isSaving, setSaving] = useState(false);
  const filter = groupFilterOf(search);
  return (
    <Group gap="xs">
      {filter !== null && (
        <Button variant="default" leftSection={<IconStack2 size={16} />} onClick={() => setSaving(true)}>
          Save as a group
        </Button>
      )}
      <ColumnMenu columns={columns} />
      <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} />}>
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => onSearch({ simulate: true })}>
            Simulate devices
          </Menu.Item>
          <Menu.Item leftSection={<IconUpload size={16} />} onClick={() => onSearch({ import: true })}>
            Import from CSV
          </Menu.Item>
          <Menu.Item
            component="a"
            href={exportUrl(selectionOf(search))}
            download
            leftSection={<IconDownload size={16} />}
          >
            Export as CSV
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button leftSection={<IconPlus size={16} />} onClick={() => onSearch({ add: true })}>
        Add device
      </Button>
      <SaveGroupDialog opened={isSaving} onClose={() => setSaving(false)} filter={filter ?? ''} />
    </Group>
  );
}
