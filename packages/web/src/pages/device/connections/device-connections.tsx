import { SegmentedControl, Skeleton, Stack } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ConnectionHistory, identityKey } from '@viaduct/contracts';
import { historyClient } from '../../../api/history-client.ts';
import { connectionsQuery, keyOf, refusalsQuery } from '../../../api/queries.ts';
import { HistoryNotice } from '../../../charts/history-notice.tsx';
import { liveHub } from '../../../live/live-hub.ts';
import { Age } from '../../../ui/age.tsx';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { Words } from '../../../ui/words.tsx';
import { useIdentityScope } from '../device-context.ts';
import { RefusalsPanel } from '../refusals-panel.tsx';
import classes from './connections.module.css';
import { ConnectivityTable } from './connectivity-table.tsx';
import { reasonsOf } from './connectivity-words.ts';
import { StayList } from './stay-list.tsx';

/** Coming and going is told by the live stream, but written a moment later: asked for again this often, ms. */
const REFRESH_MS = 5_000;
const DAY_MS = 86_400_000;
const DAYS = [
  { value: '1', label: 'Today' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
];
const DAYS_DEFAULT = 7;

/** When a device or module was here, why it left, and why it was turned away. */
export function DeviceConnections() {
  const { identity } = useIdentityScope();
  const { days = DAYS_DEFAULT } = useSearch({ strict: false }) as { days?: number };
  const stays = useQuery({ ...connectionsQuery(identity), refetchInterval: REFRESH_MS });
  const refusals = useQuery(refusalsQuery(identity.deviceId));
  usePageTitle('Connections', identityKey(identity));
  return (
    <Stack gap="md">
      <HistoryNotice />
      <Days days={days} />
      {stays.isPending && <Skeleton height={240} />}
      {stays.isError && <ProblemAlert error={stays.error} onRetry={() => void stays.refetch()} />}
      {stays.data !== undefined && <Stays history={stays.data} days={days} />}
      <RefusalsPanel refusals={refusals.data ?? []} />
    </Stack>
  );
}

function Days({ days }: { readonly days: number }) {
  const { identity } = useIdentityScope();
  const navigate = useNavigate();
  const connectivity = useQuery({
    queryKey: [...keyOf(identity), 'connections', 'days', days],
    queryFn: () => historyClient.connectivity(identity, days),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <section className="card" aria-labelledby="online">
      <div className={classes.head}>
        <h2 className={classes.title} id="online">
          When it was online
        </h2>
        <SegmentedControl
          size="xs"
          classNames={{ label: 'segment' }}
          aria-label="How far back"
          value={String(days)}
          data={DAYS}
          onChange={(value) =>
            void navigate({ to: '.', search: (old) => ({ ...old, days: Number(value) }), replace: true })
          }
        />
      </div>
      {connectivity.isPending && <Skeleton height={120} />}
      {connectivity.isError && <ProblemAlert error={connectivity.error} onRetry={() => void connectivity.refetch()} />}
      {connectivity.data !== undefined && <ConnectivityTable connectivity={connectivity.data} />}
    </section>
  );
}

function Stays({ history, days }: { readonly history: ConnectionHistory; readonly days: number }) {
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
      <Reasons history={history} days={days} />
      <StayList history={history} />
    </>
  );
}

/** Days begin at midnight of UTC, as in the table. */
function startOf(days: number): number {
  return Math.floor(liveHub.nowMs() / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;
}

function Reasons({ history, days }: { readonly history: ConnectionHistory; readonly days: number }) {
  const reasons = reasonsOf(history.stays, startOf(days));
  if (reasons.length === 0) return null;
  return (
    <section className="card" aria-labelledby="reasons">
      <h2 className={classes.title} id="reasons">
        Why it left
      </h2>
      <ul className={classes.reasons}>
        {reasons.map(({ code, message, advice, count, lastAt }) => (
          <li key={code ?? ''}>
            <p>
              <strong>{count === 1 ? 'Once' : `${count} times`}</strong>: {message}
            </p>
            {advice !== null && (
              <p className={classes.advice}>
                <Words text={advice} />
              </p>
            )}
            <p className={classes.facts}>
              last <Age at={lastAt} />
              {code !== null && (
                <>
                  {' · '}
                  <span className="mono">{code}</span>
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
