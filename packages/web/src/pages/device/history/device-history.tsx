import { Skeleton, Stack } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ConnectionHistory, identityKey } from '@viaduct/contracts';
import { connectionsQuery, refusalsQuery } from '../../../api/queries.ts';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useIdentityScope } from '../device-context.ts';
import { RefusalsPanel } from '../refusals-panel.tsx';
import { DayStrip } from './day-strip.tsx';
import { StayList } from './stay-list.tsx';
import { TwinHistory } from './twin-history.tsx';

/** Coming and going is told by the live stream, but written a moment later: asked for again this often, ms. */
const REFRESH_MS = 5_000;

/** When a device or module was here, why it left, and why it was turned away. */
export function DeviceHistory() {
  const { identity } = useIdentityScope();
  const history = useQuery({ ...connectionsQuery(identity), refetchInterval: REFRESH_MS });
  const refusals = useQuery(refusalsQuery(identity.deviceId));
  usePageTitle('History', identityKey(identity));
  return (
    <Stack gap="md">
      {history.isPending && <Skeleton height={240} />}
      {history.isError && <ProblemAlert error={history.error} onRetry={() => void history.refetch()} />}
      {history.data !== undefined && <Connections history={history.data} />}
      <RefusalsPanel refusals={refusals.data ?? []} />
      <TwinHistory identity={identity} />
    </Stack>
  );
}

function Connections({ history }: { readonly history: ConnectionHistory }) {
  const { identity } = useIdentityScope();
  if (history.stays.length === 0) {
    return (
      <div className="card">
        <EmptyState
          icon={IconPlugConnectedX}
          title="It was never here"
          text="Every connection will be listed here with how long it lasted, and why it ended."
        >
          <ButtonLink to="/devices/$deviceId/connect" params={{ deviceId: identity.deviceId }}>
            How to connect it
          </ButtonLink>
        </EmptyState>
      </div>
    );
  }
  return (
    <>
      <DayStrip history={history} />
      <StayList history={history} />
    </>
  );
}
