import { Switch } from '@mantine/core';
import type { RoutingView } from '@viaduct/contracts';
import { routingClient } from '../../api/routing-client.ts';
import { notify } from '../../ui/notify.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { useChangeRouting } from './use-change-routing.ts';

/** What becomes of telemetry that no route takes. */
export function FallbackCard({ view }: { readonly view: RoutingView }) {
  const change = useChangeRouting(
    (isEnabled: boolean) => routingClient.setFallback({ isEnabled }, view.etag),
    (isEnabled) => notify(`The fallback is ${isEnabled ? 'on' : 'off'}`),
  );
  return (
    <section className="card" aria-label="Fallback">
      {change.error !== null && <ProblemAlert error={change.error} />}
      <Switch
        label="Fallback"
        description="Telemetry that no route takes goes to the built-in endpoint. Off, nobody gets it."
        checked={view.fallbackRoute.isEnabled}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
      />
    </section>
  );
}
