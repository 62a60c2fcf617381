import { Skeleton, Stack } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { DeviceDetail } from '@viaduct/contracts';
import { refusalsQuery } from '../../../api/queries.ts';
import { HistoryNotice } from '../../../charts/history-notice.tsx';
import { useClocked } from '../../../charts/plot-clock.ts';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { useDeviceScope } from '../device-context.ts';
import { RefusalsPanel } from '../refusals-panel.tsx';
import { TelemetryView } from './telemetry-view.tsx';
import { ThrottlingCard } from './throttling-card.tsx';
import { UnassignedCard } from './unassigned-card.tsx';

/** What the device says, as pictures that nobody had to make; until it says something, how to make it speak. */
export function DeviceOverview() {
  const { device, view } = useDeviceScope();
  const refusals = useQuery(refusalsQuery(device.deviceId));
  const isCaughtUp = useClocked(view, () => view.feed.isCaughtUp);
  const fieldCount = useClocked(view, () => view.feed.fields.size);
  const isModelled = (device.model?.telemetry.length ?? 0) > 0;
  usePageTitle(device.deviceId);
  return (
    <Stack gap="md">
      <h2 className="hidden-visually">Telemetry</h2>
      <HistoryNotice />
      {fieldCount > 0 || (isModelled && isCaughtUp) ? (
        <TelemetryView view={view} templateId={device.templateId} />
      ) : isCaughtUp ? (
        <NoTelemetry device={device} />
      ) : (
        <Skeleton height={240} />
      )}
      {device.model === null && fieldCount > 0 && <UnassignedCard deviceId={device.deviceId} />}
      <RefusalsPanel refusals={refusals.data ?? []} />
      <ThrottlingCard identity={{ deviceId: device.deviceId }} />
    </Stack>
  );
}

function NoTelemetry({ device }: { readonly device: DeviceDetail }) {
  const text = device.connected
    ? 'The device is connected and has sent nothing yet; its first message draws a chart here.'
    : 'Nothing came yet. Charts appear here by themselves with the first message.';
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
