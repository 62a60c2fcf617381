import { Group, Skeleton, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import type { DeviceDetail } from '@viaduct/contracts';
import { useEffect, useRef } from 'react';
import { deviceQuery } from '../../api/queries.ts';
import { ConsoleRefusal } from '../../api/request.ts';
import { LIVE_SECONDS, useDeviceFeed } from '../../live/use-device-feed.ts';
import { useSeed } from '../../live/use-seed.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { PresenceBadge } from '../../ui/presence-badge.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import classes from './device.module.css';
import { DeviceContext, IdentityContext, type IdentityScope } from './device-context.ts';
import { DeviceMenu } from './device-menu.tsx';
import { DeviceUnknown } from './device-unknown.tsx';

const route = getRouteApi('/shell/devices/$deviceId');

export function DevicePage() {
  const { deviceId } = route.useParams();
  const device = useQuery(deviceQuery(deviceId));
  usePageTitle(deviceId);
  if (device.isPending) return <DeviceSkeleton />;
  if (device.isError) {
    const isUnknown = device.error instanceof ConsoleRefusal && device.error.code === 'device.notFound';
    if (isUnknown) return <DeviceUnknown deviceId={deviceId} />;
    return <ProblemAlert error={device.error} onRetry={() => void device.refetch()} />;
  }
  return <KnownDevice key={deviceId} device={device.data} />;
}

function KnownDevice({ device }: { readonly device: DeviceDetail }) {
  const { paused = false } = route.useSearch();
  // Not the route's own: '.' should mean the tab that is open.
  const navigate = useNavigate();
  const view = useDeviceFeed(device.deviceId, device.model, LIVE_SECONDS);
  useSeed(view);
  if (view === null) return <DeviceSkeleton />;
  const scope = {
    device,
    view,
    paused,
    setPaused: (wanted: boolean) => {
      void navigate({ to: '.', search: (old) => ({ ...old, paused: wanted || undefined }), replace: true });
    },
  };
  return (
    <Stack gap="md">
      <DeviceHead device={device} />
      <DeviceTabs deviceId={device.deviceId} />
      <DeviceContext value={scope}>
        <IdentityContext value={identityScope(device)}>
          <Outlet />
        </IdentityContext>
      </DeviceContext>
    </Stack>
  );
}

function identityScope({ deviceId, connected, model }: DeviceDetail): IdentityScope {
  return { identity: { deviceId }, connected, model, refreshMs: false };
}

function DeviceHead({ device }: { readonly device: DeviceDetail }) {
  return (
    <div>
      <nav aria-label="Breadcrumb" className={classes.crumbs}>
        <Link to="/devices">Devices</Link>
      </nav>
      <Group gap="sm" wrap="nowrap" align="center">
        <Title order={1} className={classes.title}>
          {device.displayName}
        </Title>
        <PresenceBadge connected={device.connected} status={device.status} />
        <div className={classes.menu}>
          <DeviceMenu device={device} />
        </div>
      </Group>
      <Kind device={device} />
    </div>
  );
}

/** Its id where people gave it a name, and its model. */
function Kind({ device }: { readonly device: DeviceDetail }) {
  const { deviceId, displayName, model } = device;
  const words = [...(displayName === deviceId ? [] : [deviceId]), ...(model === null ? [] : [model.displayName])];
  return words.length === 0 ? null : <p className={classes.model}>{words.join(' · ')}</p>;
}

const TABS = [
  ['/devices/$deviceId', 'Overview'],
  ['/devices/$deviceId/about', 'About'],
  ['/devices/$deviceId/messages', 'Raw data'],
  ['/devices/$deviceId/properties', 'Properties'],
  ['/devices/$deviceId/commands', 'Commands'],
  ['/devices/$deviceId/modules', 'Modules'],
  ['/devices/$deviceId/files', 'Files'],
  ['/devices/$deviceId/history', 'History'],
  ['/devices/$deviceId/connections', 'Connections'],
  ['/devices/$deviceId/credentials', 'Credentials'],
  ['/devices/$deviceId/connect', 'Connect'],
] as const;

/** Links, not a tab widget: each is a page with an address of its own. */
function DeviceTabs({ deviceId }: { readonly deviceId: string }) {
  const tabs = useRef<HTMLElement>(null);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  // On a narrow screen the row of tabs scrolls; the current one should be in sight, whichever way one came.
  useEffect(() => {
    const current = pathname === '' ? null : tabs.current?.querySelector('[aria-current="page"]');
    current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pathname]);
  return (
    <nav aria-label="Device" className={classes.tabs} ref={tabs}>
      {TABS.map(([to, title]) => (
        <Link
          key={to}
          to={to}
          params={{ deviceId }}
          activeOptions={{ exact: to !== '/devices/$deviceId/modules', includeSearch: false }}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

function DeviceSkeleton() {
  return (
    <Stack gap="md" aria-busy="true">
      <Skeleton height={30} width={260} />
      <Skeleton height={36} />
      <Skeleton height={260} />
    </Stack>
  );
}
