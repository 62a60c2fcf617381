import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ConfigurationDeviceRow } from '@viaduct/contracts';
import { useState } from 'react';
import { type ConfigurationDeviceFilter, configurationDevicesQuery } from '../../api/configurations-client.ts';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import classes from './configurations.module.css';

const FILTERS: readonly (readonly [ConfigurationDeviceFilter | undefined, string])[] = [
  [undefined, 'All'],
  ['Applied', 'Applied'],
  ['Targeted', 'Not applied'],
  ['Failed', 'Failed'],
];

/** How it fares at each device. */
export function ConfigurationDevices({ id }: { readonly id: string }) {
  const [filter, setFilter] = useState<ConfigurationDeviceFilter | undefined>();
  const devices = useInfiniteQuery(configurationDevicesQuery(id, filter));
  const rows = devices.data?.pages.flatMap((page) => page.devices) ?? [];
  return (
    <section className={`card ${tables.frame}`} aria-label="Devices of the configuration">
      <div className={classes.filters}>
        {FILTERS.map(([value, word]) => (
          <Button
            key={word}
            size="compact-sm"
            variant={value === filter ? 'filled' : 'default'}
            aria-pressed={value === filter}
            onClick={() => setFilter(value)}
          >
            {word}
          </Button>
        ))}
      </div>
      {devices.isError && <ProblemAlert error={devices.error} onRetry={() => void devices.refetch()} />}
      {devices.isPending && <Skeleton height={120} />}
      {devices.isSuccess && rows.length === 0 && (
        <p className={classes.note}>
          {filter === undefined ? 'No device fits the condition now; one that does later appears here.' : 'None.'}
        </p>
      )}
      {rows.length > 0 && (
        <DataTable columns={['Device', 'State', 'Why']}>
          {rows.map((row) => (
            <DeviceRow key={`${row.deviceId}/${row.moduleId ?? ''}`} row={row} />
          ))}
        </DataTable>
      )}
      <LoadMore pages={devices} />
    </section>
  );
}

function DeviceRow({ row: { deviceId, moduleId, status, reason } }: { readonly row: ConfigurationDeviceRow }) {
  const [tone, icon, word] =
    status === 'Applied'
      ? (['good', IconCircleCheck, 'Applied'] as const)
      : reason === null
        ? (['quiet', IconCircleDashed, 'Targeted'] as const)
        : (['bad', IconAlertTriangle, 'Failed'] as const);
  return (
    <tr>
      <th scope="row">
        {moduleId === undefined ? (
          <Link to="/devices/$deviceId/properties" params={{ deviceId }} className={tables.name}>
            {deviceId}
          </Link>
        ) : (
          <Link to="/devices/$deviceId/modules/$moduleId" params={{ deviceId, moduleId }} className={tables.name}>
            {deviceId} / {moduleId}
          </Link>
        )}
      </th>
      <td>
        <StatusBadge tone={tone} icon={icon}>
          {word}
        </StatusBadge>
      </td>
      <td>
        {reason ?? (
          <span className="quiet">
            {status === 'Applied' ? 'Its twin has it' : 'Another one of higher priority sets the same'}
          </span>
        )}
      </td>
    </tr>
  );
}
