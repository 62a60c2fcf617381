import { Group, Skeleton, Stack } from '@mantine/core';
import { IconPuzzleOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import type { ModuleDetail } from '@viaduct/contracts';
import { moduleQuery } from '../../../api/queries.ts';
import { ConsoleRefusal } from '../../../api/request.ts';
import { AUTHENTICATION_NAMES } from '../../../credentials/authentication-words.ts';
import { Age } from '../../../ui/age.tsx';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { PresenceBadge } from '../../../ui/presence-badge.tsx';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import deviceClasses from '../device.module.css';
import { IdentityContext } from '../device-context.ts';
import { DeleteModule } from './delete-module.tsx';
import { MODULE_REFRESH_MS } from './device-modules.tsx';
import classes from './modules.module.css';

const route = getRouteApi('/shell/devices/$deviceId/modules/$moduleId');

const TABS = [
  ['/devices/$deviceId/modules/$moduleId', 'Properties'],
  ['/devices/$deviceId/modules/$moduleId/telemetry', 'Telemetry'],
  ['/devices/$deviceId/modules/$moduleId/commands', 'Commands'],
  ['/devices/$deviceId/modules/$moduleId/history', 'History'],
  ['/devices/$deviceId/modules/$moduleId/connections', 'Connections'],
  ['/devices/$deviceId/modules/$moduleId/credentials', 'Credentials'],
] as const;

/** A module within the page of its device: the tabs are the device's own, asked about the module. */
export function ModulePage() {
  const identity = route.useParams();
  const module = useQuery({ ...moduleQuery(identity), refetchInterval: MODULE_REFRESH_MS });
  if (module.isPending) return <Skeleton height={300} />;
  if (module.data === undefined) {
    const isUnknown = module.error instanceof ConsoleRefusal && module.error.code === 'module.notFound';
    return isUnknown ? (
      <UnknownModule {...identity} />
    ) : (
      <ProblemAlert error={module.error} onRetry={() => void module.refetch()} />
    );
  }
  const { connected, model } = module.data;
  return (
    <Stack gap="md">
      <ModuleHead module={module.data} />
      <nav aria-label="Module" className={deviceClasses.tabs}>
        {TABS.map(([to, title]) => (
          <Link key={to} to={to} params={identity} activeOptions={{ exact: true, includeSearch: false }}>
            {title}
          </Link>
        ))}
      </nav>
      <IdentityContext value={{ identity, connected, model, refreshMs: MODULE_REFRESH_MS }}>
        <Outlet />
      </IdentityContext>
    </Stack>
  );
}

function ModuleHead({ module }: { readonly module: ModuleDetail }) {
  const { deviceId, moduleId, connected, status, transport, authentication, lastSeen, queuedCommands } = module;
  return (
    <div>
      <Group gap="sm">
        <h2 className={classes.title}>Module {moduleId}</h2>
        <PresenceBadge connected={connected} status={status} />
        <DeleteModule identity={{ deviceId, moduleId }} />
      </Group>
      <p className={classes.facts}>
        {transport !== null && `${transport} · `}last activity <Age at={lastSeen} /> ·{' '}
        {AUTHENTICATION_NAMES[authentication].toLowerCase()} · {queuedCommands} waiting{' '}
        {queuedCommands === 1 ? 'command' : 'commands'}
      </p>
    </div>
  );
}

function UnknownModule({ deviceId, moduleId }: { readonly deviceId: string; readonly moduleId: string }) {
  return (
    <EmptyState
      icon={IconPuzzleOff}
      title={`There is no module “${moduleId}”`}
      text="It was deleted, or never added; ids are case-sensitive."
    >
      <ButtonLink to="/devices/$deviceId/modules" params={{ deviceId }}>
        All modules of this device
      </ButtonLink>
    </EmptyState>
  );
}
