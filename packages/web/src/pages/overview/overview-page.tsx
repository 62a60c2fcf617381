import { Alert, Group, Skeleton, Stack, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Overview } from '@viaduct/contracts';
import { lazy, Suspense } from 'react';
import { landingQuery } from '../../api/dashboards-client.ts';
import { deviceQuery, overviewQuery } from '../../api/queries.ts';
import { type FeedView, useDeviceFeed, useFleetStream } from '../../live/use-device-feed.ts';
import { formatNumber } from '../../ui/format.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { PresenceBadge } from '../../ui/presence-badge.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { NextSteps } from './next-steps.tsx';
import classes from './overview.module.css';
import { WorkCounters } from './work-counters.tsx';

/** Only where there is a machine to show; the first load does without. */
const LiveCharts = lazy(async () => ({ default: (await import('../../charts/live-charts.tsx')).LiveCharts }));

/** Charts, and a map: what there is to see is loaded behind the counters. */
const FleetSection = lazy(async () => ({ default: (await import('./fleet-section.tsx')).FleetSection }));

/** Whoever begins with a dashboard loads it; whoever does not, none of it. */
const LandingBoard = lazy(async () => ({ default: (await import('./landing-board.tsx')).LandingBoard }));

const WINDOW_MINUTES = 5;
const CHARTS_MAX = 3;

export function OverviewPage() {
  usePageTitle('Overview');
  const overview = useQuery(overviewQuery);
  const landing = useQuery(landingQuery).data;
  const landingId = landing?.own ?? landing?.everybody;
  if (overview.isError) return <ProblemAlert error={overview.error} onRetry={() => void overview.refetch()} />;
  return (
    <Stack gap="lg">
      <Title order={1}>Overview</Title>
      {overview.data?.log.available === false && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle />} title="The event log does not accept messages">
          {overview.data.log.reason}
        </Alert>
      )}
      {landingId != null && (
        <Suspense fallback={<Skeleton height={420} />}>
          <LandingBoard key={landingId} dashboardId={landingId} />
        </Suspense>
      )}
      <Counters overview={overview.data} />
      {overview.data !== undefined && <FleetOrMachine deviceId={overview.data.thisMachine} />}
      {overview.data !== undefined && overview.data.devices > 0 && (
        <Suspense fallback={<Skeleton height={220} />}>
          <FleetSection />
        </Suspense>
      )}
      <NextSteps />
      {overview.data !== undefined && <p className={classes.version}>Viaduct {overview.data.version}</p>}
    </Stack>
  );
}

function Counters({ overview }: { readonly overview: Overview | undefined }) {
  const counters = [
    ['Devices', overview?.devices],
    ['Connected', overview?.connected],
    ['Messages / s', overview?.messagesPerSecond],
  ] as const;
  return (
    <dl className={classes.counters}>
      {counters.map(([title, value]) => (
        <div key={title} className={`card ${classes.counter}`}>
          <dt>{title}</dt>
          <dd>{value === undefined ? <Skeleton height={30} width={60} /> : formatNumber(value)}</dd>
        </div>
      ))}
      <div className={`card ${classes.counter}`}>
        <dt>Event log</dt>
        <dd data-bad={overview?.log.available === false || undefined}>
          {overview === undefined ? (
            <Skeleton height={30} width={90} />
          ) : overview.log.available ? (
            'Writing'
          ) : (
            'Refusing'
          )}
        </dd>
      </div>
      <WorkCounters />
    </dl>
  );
}

/** One live stream a page: this machine's, which carries the counters too, or the fleet's when there is none. */
function FleetOrMachine({ deviceId }: { readonly deviceId: string | null }) {
  return deviceId === null ? <FleetStream /> : <ThisMachine deviceId={deviceId} />;
}

function FleetStream() {
  useFleetStream();
  return null;
}

function ThisMachine({ deviceId }: { readonly deviceId: string }) {
  const device = useQuery(deviceQuery(deviceId));
  const view = useDeviceFeed(device.data?.deviceId ?? null, device.data?.model ?? null, WINDOW_MINUTES * 60);
  return (
    <section aria-labelledby="this-machine">
      <Group gap="sm" mb="sm">
        <Title order={2} size="h4" id="this-machine">
          This machine
        </Title>
        {device.data !== undefined && <PresenceBadge {...device.data} />}
        <Link to="/devices/$deviceId" params={{ deviceId }} className={classes.more}>
          Open {deviceId}
        </Link>
      </Group>
      {view === null ? <Skeleton height={220} /> : <MachineCharts view={view} />}
    </section>
  );
}

function MachineCharts({ view }: { readonly view: FeedView }) {
  return (
    <Suspense fallback={<Skeleton height={220} />}>
      <LiveCharts view={view} windowMinutes={WINDOW_MINUTES} chartsMax={CHARTS_MAX} />
    </Suspense>
  );
}
