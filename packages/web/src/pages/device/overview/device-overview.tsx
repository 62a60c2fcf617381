import { Skeleton, Stack } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { DeviceDetail } from '@viaduct/contracts';
import { refusalsQuery } from '../../../api/queries.ts';
import { LiveCharts } from '../../../charts/live-charts.tsx';
import { WindowSelect } from '../../../charts/window-select.tsx';
import { AUTHENTICATION_NAMES } from '../../../credentials/authentication-words.ts';
import { useFeedVersion } from '../../../live/use-device-feed.ts';
import { Age } from '../../../ui/age.tsx';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import classes from '../device.module.css';
import { useDeviceScope } from '../device-context.ts';
import { RefusalsPanel } from '../refusals-panel.tsx';
import { ThrottlingCard } from './throttling-card.tsx';

/** Charts of what the device says; until it says something, how to make it speak. */
export function DeviceOverview() {
  const { device, view, windowMinutes, paused, setWindow, setPaused } = useDeviceScope();
  useFeedVersion(view);
  const refusals = useQuery(refusalsQuery(device.deviceId));
  const hasData = view.feed.messageCount > 0;
  usePageTitle(device.deviceId);
  return (
    <Stack gap="md">
      <h2 className="hidden-visually">Telemetry</h2>
      {hasData && <WindowSelect minutes={windowMinutes} paused={paused} onMinutes={setWindow} onPaused={setPaused} />}
      {hasData && <LiveCharts view={view} windowMinutes={windowMinutes} paused={paused} />}
      {!hasData && !view.feed.isCaughtUp && <Skeleton height={240} />}
      {!hasData && view.feed.isCaughtUp && <NoTelemetry device={device} windowMinutes={windowMinutes} />}
      <RefusalsPanel refusals={refusals.data ?? []} />
      <ThrottlingCard identity={{ deviceId: device.deviceId }} />
      <Facts device={device} />
    </Stack>
  );
}

function NoTelemetry({ device, windowMinutes }: { readonly device: DeviceDetail; readonly windowMinutes: number }) {
  const text = device.connected
    ? `The device is connected and has sent nothing in the last ${windowMinutes} min; its first message draws a chart here.`
    : `Nothing came in the last ${windowMinutes} min. Charts appear here by themselves with the first message.`;
  return (
    <div className="card">
      <EmptyState icon={IconChartLine} title="No telemetry yet" text={text}>
        <ButtonLink to="/devices/$deviceId/connect" params={{ deviceId: device.deviceId }}>
          How to connect it
        </ButtonLink>
      </EmptyState>
    </div>
  );
}

function Facts({ device }: { readonly device: DeviceDetail }) {
  const facts = [
    ['Last seen', <Age key="seen" at={device.lastSeen} />],
    ['Connected', <Age key="since" at={device.connectedSince} never="no" />],
    ['Transport', device.transport ?? '–'],
    ['Authentication', AUTHENTICATION_NAMES[device.authentication]],
    ...(device.status === 'disabled' ? ([['Disabled', device.statusReason ?? 'without a reason']] as const) : []),
    ['Waiting commands', String(device.queuedCommands)],
    ['Created', <Age key="created" at={device.createdAt} />],
    ['Model', device.modelId ?? '–'],
  ] as const;
  return (
    <section className="card" aria-label="About this device">
      <dl className={classes.facts}>
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
