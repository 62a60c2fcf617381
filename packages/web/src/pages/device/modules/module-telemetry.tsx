import { Skeleton, Stack } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useClocked } from '../../../charts/plot-clock.ts';
import { type FeedView, useModuleFeed } from '../../../live/use-device-feed.ts';
import { useSeed } from '../../../live/use-seed.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { useDeviceScope, useIdentityScope } from '../device-context.ts';
import { TelemetryView } from '../overview/telemetry-view.tsx';

const route = getRouteApi('/shell/devices/$deviceId/modules/$moduleId');

/** What a module says, as pictures that nobody had to make; until it says something, that. */
export function ModuleTelemetry() {
  const { deviceId, moduleId } = route.useParams();
  const { view: ofDevice } = useDeviceScope();
  const { model } = useIdentityScope();
  const view = useModuleFeed(ofDevice, moduleId, model);
  useSeed(view);
  usePageTitle('Telemetry', `${deviceId}/${moduleId}`);
  return view === null ? <Skeleton height={240} /> : <Telemetry key={moduleId} view={view} />;
}

function Telemetry({ view }: { readonly view: FeedView }) {
  const fieldCount = useClocked(view, () => view.feed.fields.size);
  if (fieldCount > 0 || (view.model?.telemetry.length ?? 0) > 0) {
    return (
      <Stack gap="md">
        <TelemetryView view={view} templateId={null} />
      </Stack>
    );
  }
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
