import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { JOB_DEVICE_STATUSES, type JobDeviceView, type JobView } from '@viaduct/contracts';
import { isOver, jobDevicesQuery } from '../../api/jobs-client.ts';
import { Age } from '../../ui/age.tsx';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { Words } from '../../ui/words.tsx';
import { DeviceOutcomeBadge } from './job-badge.tsx';
import { DEVICE_WORDS } from './job-words.ts';
import classes from './jobs.module.css';

const route = getRouteApi('/shell/jobs/$jobId');

/** How each device fared, with the reason where it did not do well. */
export function JobDevices({ job }: { readonly job: JobView }) {
  const { outcome } = route.useSearch();
  const navigate = route.useNavigate();
  const devices = useInfiniteQuery(jobDevicesQuery(job.jobId, outcome, !isOver(job.status)));
  const rows = devices.data?.pages.flatMap((page) => page.items) ?? [];
  const filters = JOB_DEVICE_STATUSES.filter((status) => job.counts[status] > 0 || status === outcome);
  return (
    <section className={`card ${tables.frame}`} aria-label="Devices of the job">
      <div className={classes.filters}>
        {[undefined, ...filters].map((status) => (
          <Button
            key={status ?? 'all'}
            size="compact-sm"
            variant={status === outcome ? 'filled' : 'default'}
            aria-pressed={status === outcome}
            onClick={() => void navigate({ search: (old) => ({ ...old, outcome: status }), replace: true })}
          >
            {status === undefined ? 'All' : DEVICE_WORDS[status]}{' '}
            {(status === undefined ? job.counts.devices : job.counts[status]).toLocaleString('en')}
          </Button>
        ))}
      </div>
      {devices.isError && <ProblemAlert error={devices.error} onRetry={() => void devices.refetch()} />}
      {devices.isPending && <Skeleton height={160} />}
      {devices.isSuccess && rows.length === 0 && (
        <p className={`quiet ${classes.filters}`}>
          {job.counts.devices === 0 && isOver(job.status)
            ? 'No device fitted the condition.'
            : 'None here now; devices appear as they have their turn.'}
        </p>
      )}
      {rows.length > 0 && (
        <DataTable columns={['Device', 'Outcome', 'Answer or reason', { title: 'When', isWide: true }]}>
          {rows.map((device) => (
            <DeviceRow key={`${device.deviceId}/${device.moduleId ?? ''}`} device={device} />
          ))}
        </DataTable>
      )}
      <LoadMore pages={devices} />
    </section>
  );
}

function DeviceRow({ device }: { readonly device: JobDeviceView }) {
  const { deviceId, moduleId, status, response, error, endedTime } = device;
  return (
    <tr>
      <th scope="row">
        <Link to="/devices/$deviceId" params={{ deviceId }} className={tables.name}>
          {deviceId}
        </Link>
        {moduleId !== null && <span className={classes.what}> / {moduleId}</span>}
      </th>
      <td>
        <DeviceOutcomeBadge status={status} />
      </td>
      <td>
        {error !== null && (
          <div className={classes.reason}>
            {error.message}
            <div className={classes.advice}>
              <Words text={error.advice} />
            </div>
          </div>
        )}
        {response !== null && (
          <span className={`mono ${classes.answer}`} title={JSON.stringify(response.payload)}>
            <span className={response.status >= 400 ? 'danger' : undefined}>{response.status}</span>{' '}
            {JSON.stringify(response.payload)}
          </span>
        )}
        {error === null && response === null && <span className="quiet">–</span>}
      </td>
      <td data-wide>{endedTime === null ? <span className="quiet">–</span> : <Age at={endedTime} />}</td>
    </tr>
  );
}
