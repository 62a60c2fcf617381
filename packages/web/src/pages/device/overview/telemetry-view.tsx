import { Group } from '@mantine/core';
import type { TimeRange } from '@viaduct/contracts';
import { useMemo } from 'react';
import { usePlotClock } from '../../../charts/plot-clock.ts';
import { LiveTable } from '../../../charts/values-table.tsx';
import { GeneratedView } from '../../../generated/generated-view.tsx';
import { type FeedView, LIVE_SECONDS } from '../../../live/use-device-feed.ts';
import { durationMs } from '../../../time-range/duration.ts';
import { rangeBetween } from '../../../time-range/time-choice.ts';
import { TimeRangePicker } from '../../../time-range/time-range-picker.tsx';
import { useTimeRange } from '../../../time-range/use-time-range.ts';
import { PauseButton } from '../../../ui/pause-button.tsx';
import { useDeviceScope } from '../device-context.ts';

const LIVE_RANGE: TimeRange = { kind: 'last', duration: 'PT10M' };
const PRESETS = ['PT1M', 'PT5M', 'PT10M', 'PT1H', 'PT12H', 'P1D', 'P1W'];

interface TelemetryViewProps {
  readonly view: FeedView;
  /** Null: what is changed of the pictures is changed for this device. */
  readonly templateId: string | null;
}

/** Pictures of what a device or module says, that nobody had to make, over a time that is chosen. */
export function TelemetryView({ view, templateId }: TelemetryViewProps) {
  const { paused, setPaused } = useDeviceScope();
  const time = useTimeRange(LIVE_RANGE);
  const { range, choose } = time;
  const seconds = range.kind === 'last' ? (durationMs(range.duration) ?? 0) / 1_000 : Number.POSITIVE_INFINITY;
  const isLive = seconds <= LIVE_SECONDS;
  const clock = usePlotClock(view, isLive ? seconds : LIVE_SECONDS, paused);
  const scope = useMemo(
    () => ({
      ...{ deviceId: view.deviceId, view, clock, range, isLive },
      onZoom: (span: Parameters<typeof rangeBetween>[0]) => choose({ range: rangeBetween(span) }),
    }),
    [view, clock, range, isLive, choose],
  );
  return (
    <>
      <Group gap="xs">
        <TimeRangePicker control={time} presets={PRESETS} canTail={false} />
        {range.kind === 'last' && <PauseButton paused={paused} onChange={setPaused} />}
      </Group>
      <GeneratedView scope={scope} templateId={templateId} />
      {isLive && <LiveTable view={view} clock={clock} />}
    </>
  );
}
