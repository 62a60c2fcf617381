import { Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { CommandRunView, DeviceIdentity } from '@viaduct/contracts';
import { deviceClient } from '../../../api/device-client.ts';
import { Age } from '../../../ui/age.tsx';
import { LoadMore } from '../../../ui/load-more.tsx';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { TextBlock } from '../../../ui/text-block.tsx';
import classes from './calls.module.css';
import { commandName } from './command-choice.ts';

/** Others call, too: asked for again this often, ms. */
const REFRESH_MS = 10_000;

/** What was asked of a device by anybody, and what it answered. */
export function RunHistory({ identity }: { readonly identity: DeviceIdentity }) {
  const { deviceId, moduleId = null } = identity;
  const runs = useInfiniteQuery({
    queryKey: ['device', deviceId, 'command-runs'],
    queryFn: ({ pageParam }) => deviceClient.commandRuns(deviceId, pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ before }) => before ?? undefined,
    refetchInterval: REFRESH_MS,
  });
  const rows = runs.data?.pages.flatMap(({ items }) => items).filter((run) => run.moduleId === moduleId) ?? [];
  return (
    <section aria-labelledby="runs">
      <h2 id="runs" className={classes.title}>
        Commands so far
      </h2>
      {runs.isPending && <Skeleton height={60} />}
      {runs.isError && <ProblemAlert error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.isSuccess && rows.length === 0 && <p className={classes.description}>Nobody asked for anything yet.</p>}
      <ul className={classes.runs}>
        {rows.map((run) => (
          <li key={run.runId}>
            <Run run={run} />
          </li>
        ))}
      </ul>
      <LoadMore pages={runs} />
    </section>
  );
}

function Run({ run }: { readonly run: CommandRunView }) {
  const { request, response, responseCode, caller, at } = run;
  const isTold = request !== undefined || response !== undefined;
  const line = (
    <>
      <span className="mono">{commandName(run)}</span>{' '}
      {responseCode === null ? 'waits or was fetched' : `answered ${responseCode}`}
      <span className="quiet">
        {' '}
        · {caller} · <Age at={at} />
      </span>
    </>
  );
  if (!isTold) return <p className={classes.runLine}>{line}</p>;
  return (
    <details>
      <summary className={classes.runLine}>{line}</summary>
      {request !== undefined && <TextBlock text={JSON.stringify(request, null, 2)} label={`Sent with ${run.name}`} />}
      {response !== undefined && <TextBlock text={JSON.stringify(response, null, 2)} label={`Answer of ${run.name}`} />}
    </details>
  );
}
