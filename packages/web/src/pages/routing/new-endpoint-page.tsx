import { Button, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { EndpointInput, RoutingView } from '@viaduct/contracts';
import { routingClient, routingQuery } from '../../api/routing-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { DetailHead } from '../../ui/detail-head.tsx';
import { notify } from '../../ui/notify.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { ENDPOINT_KINDS } from './endpoint-fields.ts';
import { EndpointForm } from './endpoint-form.tsx';
import classes from './routing.module.css';
import { useChangeRouting } from './use-change-routing.ts';

const route = getRouteApi('/shell/routing/endpoints/new');

/** First of which kind, then its fields. */
export function NewEndpointPage() {
  usePageTitle('New endpoint', 'Routing');
  useFleetStream();
  const { kind } = route.useSearch();
  const routing = useQuery(routingQuery);
  return (
    <Stack gap="md">
      <DetailHead
        crumb={<Link to="/routing">Routing</Link>}
        title={kind === undefined ? 'New endpoint' : `New ${titleOf(kind)} endpoint`}
      />
      {routing.isError && <ProblemAlert error={routing.error} onRetry={() => void routing.refetch()} />}
      {routing.isPending && <Skeleton height={320} />}
      {routing.data !== undefined &&
        (kind === undefined ? (
          <Kinds view={routing.data} />
        ) : (
          <NewEndpoint key={kind} kind={kind} view={routing.data} />
        ))}
    </Stack>
  );
}

function titleOf(kind: string): string {
  return ENDPOINT_KINDS[kind]?.title ?? kind;
}

function Kinds({ view }: { readonly view: RoutingView }) {
  return (
    <ul className={classes.kinds}>
      {view.kinds.map((kind) => (
        <li key={kind} className="card">
          <Link to="/routing/endpoints/new" search={{ kind }}>
            {titleOf(kind)}
          </Link>
          <p>{ENDPOINT_KINDS[kind]?.text ?? 'Configured as JSON.'}</p>
        </li>
      ))}
    </ul>
  );
}

function NewEndpoint({ kind, view }: { readonly kind: string; readonly view: RoutingView }) {
  const navigate = route.useNavigate();
  const add = useChangeRouting(
    (endpoint: EndpointInput) => routingClient.putEndpoint(endpoint, view.etag),
    ({ name }) => {
      notify(`${name} is added; now let a route lead to it`);
      void navigate({ to: '/routing/endpoints/$name', params: { name } });
    },
  );
  return (
    <EndpointForm
      isNew
      initial={{ name: '', kind, configuration: {}, isPaused: false }}
      names={view.endpoints.map(({ name }) => name.toLowerCase())}
      error={add.error}
      isPending={add.isPending}
      onSubmit={add.mutate}
      cancel={
        <Button variant="default" onClick={() => void navigate({ search: {} })}>
          Another kind
        </Button>
      }
    />
  );
}
