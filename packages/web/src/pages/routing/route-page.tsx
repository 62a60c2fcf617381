import { Skeleton, Stack } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { Route, RoutingView } from '@viaduct/contracts';
import { routingClient, routingQuery } from '../../api/routing-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { DetailHead } from '../../ui/detail-head.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { notify } from '../../ui/notify.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { RouteForm } from './route-form.tsx';
import { useChangeRouting } from './use-change-routing.ts';

const route = getRouteApi('/shell/routing/routes/$name');

/** One route: what it takes, to whom, and what it would have taken. */
export function RoutePage() {
  const { name } = route.useParams();
  usePageTitle(name, 'Routing');
  useFleetStream();
  const routing = useQuery(routingQuery);
  if (routing.isPending) return <Skeleton height={420} />;
  if (routing.isError) return <ProblemAlert error={routing.error} onRetry={() => void routing.refetch()} />;
  const known = routing.data.routes.find((each) => each.name === name);
  if (known === undefined) {
    return (
      <EmptyState order={1} icon={IconRoute} title="No such route" text="It was removed, or never was.">
        <ButtonLink to="/routing">Show routing</ButtonLink>
      </EmptyState>
    );
  }
  return <EditRoute key={name} view={routing.data} initial={known} isNew={false} />;
}

export function NewRoutePage() {
  usePageTitle('New route', 'Routing');
  useFleetStream();
  const routing = useQuery(routingQuery);
  if (routing.isPending) return <Skeleton height={420} />;
  if (routing.isError) return <ProblemAlert error={routing.error} onRetry={() => void routing.refetch()} />;
  return <EditRoute view={routing.data} initial={EMPTY} isNew />;
}

const EMPTY: Route = { name: '', source: 'DeviceMessages', condition: 'true', endpointNames: [], isEnabled: true };

interface EditRouteProps {
  readonly view: RoutingView;
  readonly initial: Route;
  readonly isNew: boolean;
}

function EditRoute({ view, initial, isNew }: EditRouteProps) {
  const navigate = useNavigate();
  const save = useChangeRouting(
    (changed: Route) => routingClient.putRoute(changed, view.etag),
    ({ name }) => {
      notify(`${name} is saved and in force`);
      void navigate({ to: '/routing' });
    },
  );
  return (
    <Stack gap="md">
      <DetailHead crumb={<Link to="/routing">Routing</Link>} title={isNew ? 'New route' : initial.name}>
        {!isNew && <RemoveRoute name={initial.name} etag={view.etag} />}
      </DetailHead>
      <RouteForm
        view={view}
        initial={initial}
        isNew={isNew}
        error={save.error}
        isPending={save.isPending}
        onSubmit={save.mutate}
      />
    </Stack>
  );
}

function RemoveRoute({ name, etag }: { readonly name: string; readonly etag: string }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const remove = async () => {
    const view = await routingClient.removeRoute(name, etag);
    await navigate({ to: '/routing' });
    queryClient.setQueryData(routingQuery.queryKey, view);
  };
  return (
    <ConfirmButton
      label={`Remove ${name}`}
      text="Remove…"
      question={`Remove ${name}?`}
      consequence="Messages that came before are delivered still; those that come from now on are not sent by this route."
      action="Remove route"
      done={`${name} is removed`}
      act={remove}
    />
  );
}
