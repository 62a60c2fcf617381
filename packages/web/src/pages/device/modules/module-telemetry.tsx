import { SegmentedControl, Skeleton, Stack } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import type { TimeRange } from '@viaduct/contracts';
import { useMemo, useState } from 'react';
import { useClocked, usePlotClock } from '../../../charts/plot-clock.ts';
import { LiveTable } from '../../../charts/values-table.tsx';
import { GeneratedView } from '../../../generated/generated-view.tsx';
import { type FeedView, useModuleFeed } from '../../../live/use-device-feed.ts';
import { useSeed } from '../../../live/use-seed.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { useDeviceScope, useIdentityScope } from '../device-context.ts';

const route = getRouteApi('/shell/devices/$deviceId/modules/$moduleId');
const MINUTES = ['1', '5', '10'];
const MINUTES_DEFAULT = '10';

/** What a module says, as pictures that nobody had to make: its last values, and what is heard of it. */
export function ModuleTelemetry() {
  const { deviceId, moduleId } = route.useParams();
  const { view: ofDevice } = useDeviceScope();
  const { model } = useIdentityScope();
  const view = useModuleFeed(ofDevice, moduleId, model);
  useSeed(view);
  usePageTitle('Telemetry', `${deviceId}/${moduleId}`);
  return view === null ? <Skeleton height={240} /> : <Pictures key={moduleId} view={view} />;
}

function Pictures({ view }: { readonly view: FeedView }) {
  const { deviceId } = view;
  const [minutes, setMinutes] = useState(MINUTES_DEFAULT);
  const clock = usePlotClock(view, Number(minutes) * 60, false);
  const fieldCount = useClocked(view, () => view.feed.fields.size);
  const scope = useMemo(() => {
    const range: TimeRange = { kind: 'last', duration: `PT${minutes}M` };
    return { deviceId, view, clock, range, isLive: true, onZoom: () => {} };
  }, [deviceId, view, clock, minutes]);
  if (fieldCount === 0 && view.model === null) {
    return (
      <div className="card">
        <EmptyState
          icon={IconChartLine}
          title="No telemetry yet"
          text="The module said nothing yet; its first message draws a chart here."
        />
      </div>
    );
  }
  return (
    <Stack gap="md">
      <SegmentedControl
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        classNames={{ label: 'segment' }}
        aria-label="How far back"
        value={minutes}
        data={MINUTES.map((value) => ({ value, label: `${value} min` }))}
        onChange={setMinutes}
      />
      <GeneratedView scope={scope} templateId={null} />
      <LiveTable view={view} clock={clock} />
    </Stack>
  );
}
