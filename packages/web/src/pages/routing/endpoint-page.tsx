import { Alert, Button, Skeleton, Stack } from '@mantine/core';
import { IconAlertTriangle, IconPlugOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { EndpointInput, EndpointView, RoutingView } from '@viaduct/contracts';
import { routingClient, routingQuery } from '../../api/routing-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { Age } from '../../ui/age.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { DetailHead } from '../../ui/detail-head.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { notify, notifyProblem } from '../../ui/notify.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { EndpointFacts } from './endpoint-facts.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { EndpointLosses } from './endpoint-losses.tsx';
import { HealthBadge } from './health-badge.tsx';
import classes from './routing.module.css';
import { HEALTH_WORDS } from './routing-words.ts';
import { useChangeRouting } from './use-change-routing.ts';

const route = getRouteApi('/shell/routing/endpoints/$name');

/** One endpoint: how it fares, what it did not get, what it is. */
export function EndpointPage() {
  const { name } = route.useParams();
  usePageTitle(name, 'Routing');
  useFleetStream();
  const routing = useQuery(routingQuery);
  if (routing.isPending) return <Skeleton height={360} />;
  if (routing.isError) return <ProblemAlert error={routing.error} onRetry={() => void routing.refetch()} />;
  const endpoint = routing.data.endpoints.find((each) => each.name === name);
  if (endpoint === undefined) {
    return (
      <EmptyState order={1} icon={IconPlugOff} title="No such endpoint" text="It was removed, or never was.">
        <ButtonLink to="/routing">Show routing</ButtonLink>
      </EmptyState>
    );
  }
  return <KnownEndpoint endpoint={endpoint} view={routing.data} />;
}

interface KnownEndpointProps {
  readonly endpoint: EndpointView;
  readonly view: RoutingView;
}

function KnownEndpoint({ endpoint, view }: KnownEndpointProps) {
  const { edit = false } = route.useSearch();
  const navigate = route.useNavigate();
  const { name, state } = endpoint;
  const setEdit = (isOpen: boolean) => void navigate({ search: { edit: isOpen || undefined }, replace: true });
  const routes = view.routes.filter(({ endpointNames }) => endpointNames.includes(name));
  return (
    <Stack gap="md">
      <DetailHead crumb={<Link to="/routing">Routing</Link>} title={name} badge={<HealthBadge health={state.health} />}>
        <PauseButton endpoint={endpoint} />
        <Button size="xs" variant="default" aria-expanded={edit} onClick={() => setEdit(!edit)}>
          Edit
        </Button>
        <RemoveEndpoint name={name} etag={view.etag} routes={routes.map((each) => each.name)} />
      </DetailHead>
      <Health endpoint={endpoint} />
      {edit ? (
        <EditEndpoint endpoint={endpoint} view={view} onClose={() => setEdit(false)} />
      ) : (
        <>
          <EndpointFacts endpoint={endpoint} routes={routes} />
          <EndpointLosses name={name} />
        </>
      )}
    </Stack>
  );
}

/** In words, with what to do. */
function Health({ endpoint: { state } }: { readonly endpoint: EndpointView }) {
  const { health, lastError, nextTryTime } = state;
  const { text } = HEALTH_WORDS[health];
  const isTrouble = health === 'unhealthy' || health === 'dead' || health === 'degraded';
  if (!isTrouble || lastError === null) return <p className={classes.note}>{text}</p>;
  return (
    <Alert
      color={health === 'degraded' ? 'gray' : 'red'}
      variant="light"
      icon={<IconAlertTriangle />}
      title={lastError.message}
    >
      {text} It failed <Age at={lastError.time} />
      {nextTryTime === null ? '.' : `, and is tried again at ${new Date(nextTryTime).toLocaleTimeString()}.`}
    </Alert>
  );
}

function PauseButton({ endpoint: { name, isPaused } }: { readonly endpoint: EndpointView }) {
  const pause = useChangeRouting(
    () => routingClient.pauseEndpoint(name, !isPaused),
    () => notify(isPaused ? `${name} goes on where it was` : `${name} is paused; what comes waits`),
  );
  return (
    <Button
      size="xs"
      variant="default"
      loading={pause.isPending}
      onClick={() => pause.mutate(undefined, { onError: notifyProblem })}
    >
      {isPaused ? 'Resume' : 'Pause'}
    </Button>
  );
}

interface RemoveEndpointProps {
  readonly name: string;
  readonly etag: string;
  /** Routes that lead to it. */
  readonly routes: readonly string[];
}

function RemoveEndpoint({ name, etag, routes }: RemoveEndpointProps) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const remove = async () => {
    const view = await routingClient.removeEndpoint(name, etag);
    await navigate({ to: '/routing' });
    queryClient.setQueryData(routingQuery.queryKey, view);
  };
  const isUsed = routes.length > 0;
  return (
    <ConfirmButton
      label={isUsed ? `Remove ${name}: first take it out of ${routes.join(', ')}` : `Remove ${name}`}
      text="Remove…"
      question={`Remove ${name}?`}
      consequence="What waits for it in the log is not delivered any more. Its configuration and secrets are gone."
      action="Remove endpoint"
      done={`${name} is removed`}
      disabled={isUsed}
      act={remove}
    />
  );
}

interface EditEndpointProps extends KnownEndpointProps {
  readonly onClose: () => void;
}

function EditEndpoint({ endpoint, view, onClose }: EditEndpointProps) {
  const { name, kind, configuration, isPaused } = endpoint;
  const save = useChangeRouting(
    (changed: EndpointInput) => routingClient.putEndpoint(changed, view.etag),
    () => {
      notify(`${name} is saved`);
      onClose();
    },
  );
  return (
    <EndpointForm
      isNew={false}
      initial={{ name, kind, configuration, isPaused }}
      names={[]}
      error={save.error}
      isPending={save.isPending}
      onSubmit={save.mutate}
      cancel={
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      }
    />
  );
}
