import { Skeleton, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { RoutingView } from '@viaduct/contracts';
import { routingQuery } from '../../api/routing-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { EnrichmentsCard } from './enrichments-card.tsx';
import { FallbackCard } from './fallback-card.tsx';
import { RoutingMap } from './routing-map.tsx';

/** Where messages go besides the built-in endpoint, and how those fare who get them. */
export function RoutingPage() {
  usePageTitle('Routing');
  useFleetStream();
  const routing = useQuery(routingQuery);
  return (
    <Stack gap="md">
      <PageHead
        title="Routing"
        text="Routes send what devices say, and what happens to them, to other systems: a webhook, a broker, files. What an endpoint does not take waits in the log and is delivered later."
      >
        <ButtonLink to="/routing/endpoints/new" variant="default" leftSection={<IconPlus size={16} />}>
          Add endpoint
        </ButtonLink>
        <ButtonLink to="/routing/routes/new" leftSection={<IconPlus size={16} />}>
          Add route
        </ButtonLink>
      </PageHead>
      {routing.isError && <ProblemAlert error={routing.error} onRetry={() => void routing.refetch()} />}
      {routing.isPending && <Skeleton height={260} />}
      {routing.data !== undefined && <Routing view={routing.data} />}
    </Stack>
  );
}

function Routing({ view }: { readonly view: RoutingView }) {
  return (
    <>
      <RoutingMap view={view} />
      <FallbackCard view={view} />
      <EnrichmentsCard view={view} />
    </>
  );
}
