import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { IconChartLine, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { DeviceDetail, TimeRange } from '@viaduct/contracts';
import { useMemo } from 'react';
import { refusalsQuery } from '../../../api/queries.ts';
import { HistoryNotice } from '../../../charts/history-notice.tsx';
import { useClocked, usePlotClock } from '../../../charts/plot-clock.ts';
import { LiveTable } from '../../../charts/values-table.tsx';
import { GeneratedView } from '../../../generated/generated-view.tsx';
import { LIVE_SECONDS } from '../../../live/use-device-feed.ts';
import { durationMs } from '../../../time-range/duration.ts';
import { rangeBetween } from '../../../time-range/time-choice.ts';
import { TimeRangePicker } from '../../../time-range/time-range-picker.tsx';
import { useTimeRange } from '../../../time-range/use-time-range.ts';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { useDeviceScope } from '../device-context.ts';
import { RefusalsPanel } from '../refusals-panel.tsx';
import { ThrottlingCard } from './throttling-card.tsx';
import { UnassignedCard } from './unassigned-card.tsx';

const LIVE_RANGE: TimeRange = { kind: 'last', duration: 'PT10M' };
const PRESETS = ['PT1M', 'PT5M', 'PT10M', 'PT1H', 'PT12H', 'P1D', 'P1W'];

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
        <Pictures />
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

function Pictures() {
  const { device, view, paused, setPaused } = useDeviceScope();
  const time = useTimeRange(LIVE_RANGE);
  const { range, choose } = time;
  const seconds = range.kind === 'last' ? (durationMs(range.duration) ?? 0) / 1_000 : Number.POSITIVE_INFINITY;
  const isLive = seconds <= LIVE_SECONDS;
  const clock = usePlotClock(view, isLive ? seconds : LIVE_SECONDS, paused);
  const scope = useMemo(
    () => ({
      ...{ deviceId: device.deviceId, view, clock, range, isLive },
      onZoom: (span: Parameters<typeof rangeBetween>[0]) => choose({ range: rangeBetween(span) }),
    }),
    [device.deviceId, view, clock, range, isLive, choose],
  );
  return (
    <>
      <Group gap="xs">
        <TimeRangePicker control={time} presets={PRESETS} canTail={false} />
        {range.kind === 'last' && (
          <Button
            size="xs"
            variant="default"
            aria-pressed={paused}
            leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
            onClick={() => setPaused(!paused)}
          >
            {paused ? 'Resume' : 'Pause'}
          </Button>
        )}
      </Group>
      <GeneratedView scope={scope} templateId={device.templateId} />
      {isLive && <LiveTable view={view} clock={clock} />}
    </>
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
