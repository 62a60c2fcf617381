import { SegmentedControl, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ConnectionInfo, DeviceDetail } from '@viaduct/contracts';
import { deviceDirectoryQuery } from '../../../api/device-client.ts';
import { connectionQuery } from '../../../api/queries.ts';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useDeviceScope } from '../device-context.ts';
import classes from './connect.module.css';
import { ConnectionWatch } from './connection-watch-panel.tsx';
import { DeviceSecrets } from './device-secrets.tsx';
import { ProvisioningWay } from './provisioning-way.tsx';
import { SimulationPanel } from './simulation-panel.tsx';
import { SnippetTabs } from './snippet-tabs.tsx';
import { TrustPanel } from './trust-panel.tsx';

const route = getRouteApi('/shell/devices/$deviceId/connect');

/** Everything somebody needs who sits in front of a device, and what becomes of the attempt. */
export function DeviceConnect() {
  const { device } = useDeviceScope();
  const connection = useQuery(connectionQuery);
  const isSimulated = useQuery(deviceDirectoryQuery(device.deviceId)).data?.simulated;
  usePageTitle('Connect', device.deviceId);
  return (
    <Stack gap="md">
      {isSimulated === true ? <SimulationPanel deviceId={device.deviceId} /> : <ConnectionWatch />}
      {connection.isPending && <Skeleton height={320} />}
      {connection.isError && <ProblemAlert error={connection.error} onRetry={() => void connection.refetch()} />}
      {connection.isSuccess && <Steps device={device} connection={connection.data} />}
    </Stack>
  );
}

function Steps({ device, connection }: { readonly device: DeviceDetail; readonly connection: ConnectionInfo }) {
  const { via } = route.useSearch();
  const isProvisioned = via === 'provisioning';
  return (
    <ol className={classes.steps}>
      <li className="card">
        <div className={classes.head}>
          <h2 className={classes.title}>1. Run one of these on it</h2>
          <WayChoice />
        </div>
        {isProvisioned ? (
          <ProvisioningWay device={device} connection={connection} />
        ) : (
          <SnippetTabs device={device} connection={connection} />
        )}
      </li>
      <li className="card">
        <h2 className={classes.title}>2. Let it trust this server</h2>
        <TrustPanel connection={connection} />
      </li>
      <li className="card">
        <h2 className={classes.title}>The values, one by one</h2>
        <DeviceSecrets device={device} connection={connection} />
      </li>
    </ol>
  );
}

/** Either the device knows its hub, or it asks where to go. */
function WayChoice() {
  const { via } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <SegmentedControl
      classNames={{ label: 'segment' }}
      size="xs"
      aria-label="How the device comes"
      value={via ?? 'direct'}
      data={[
        { value: 'direct', label: 'Connection string' },
        { value: 'provisioning', label: 'Provisioning' },
      ]}
      onChange={(value) =>
        void navigate({
          search: (old) => ({ ...old, via: value === 'provisioning' ? 'provisioning' : undefined, client: undefined }),
          replace: true,
        })
      }
    />
  );
}
