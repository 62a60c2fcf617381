import { Skeleton } from '@mantine/core';
import { IconDevicesOff } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { directoryQuery } from '../../api/directory-client.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { propertyPaths } from '../devices/device-columns.ts';
import { DeviceTable } from '../devices/device-table.tsx';
import { useColumns } from '../devices/use-columns.ts';
import own from './groups.module.css';

/** Who is in it now, with the columns of the devices page. */
export function GroupDevices({ groupId }: { readonly groupId: string }) {
  const { chosen } = useColumns();
  const paths = propertyPaths(chosen);
  const wanted = { group: groupId, ...(paths.length === 0 ? {} : { columns: paths.join(',') }) };
  const devices = useInfiniteQuery(directoryQuery(wanted));
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = devices;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (devices.isError) return <ProblemAlert error={devices.error} onRetry={() => void devices.refetch()} />;
  if (devices.isPending) return <Skeleton height={240} />;
  const rows = devices.data.pages.flatMap(({ items }) => items);
  if (rows.length === 0) {
    return <EmptyState icon={IconDevicesOff} title="Nobody is in it" text="No device fits the filter of this group." />;
  }
  return (
    <section aria-labelledby="group-devices">
      <h2 id="group-devices" className={own.heading}>
        Devices
      </h2>
      <DeviceTable rows={rows} total={devices.data.pages[0]?.total ?? rows.length} columns={chosen} onEnd={onEnd} />
    </section>
  );
}
