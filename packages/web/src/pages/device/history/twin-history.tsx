import { Skeleton } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { DeviceIdentity, TwinVersion, TwinVersionRow } from '@viaduct/contracts';
import { historyClient } from '../../../api/history-client.ts';
import { keyOf } from '../../../api/queries.ts';
import { LoadMore } from '../../../ui/load-more.tsx';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { TextBlock } from '../../../ui/text-block.tsx';
import { diffDocuments } from './diff-documents.ts';
import { DifferenceList } from './difference-list.tsx';
import classes from './history.module.css';
import { VersionSlider } from './version-slider.tsx';

/** The history is a moment behind what is live: asked for again this often, ms. */
const REFRESH_MS = 5_000;

/** Every version of the twin that is kept: any of them, and what is different between any two. */
export function TwinHistory({ identity }: { readonly identity: DeviceIdentity }) {
  const versions = useInfiniteQuery({
    queryKey: [...keyOf(identity), 'twin-versions'],
    queryFn: ({ pageParam }) => historyClient.twinVersions(identity, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: REFRESH_MS,
  });
  const rows = versions.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <section className="card" aria-labelledby="twin-versions">
      <h2 className={classes.title} id="twin-versions">
        Properties over time
      </h2>
      {versions.isPending && <Skeleton height={120} />}
      {versions.isError && <ProblemAlert error={versions.error} onRetry={() => void versions.refetch()} />}
      {versions.isSuccess && rows.length === 0 && (
        <p className={classes.facts}>Nothing was asked or reported yet. Each change will be a version here.</p>
      )}
      {rows.length === 1 && (
        <p className={classes.facts}>There is one version so far; the next change makes another.</p>
      )}
      {rows.length > 0 && <Travel identity={identity} rows={rows} />}
      <LoadMore pages={versions} />
    </section>
  );
}

interface TravelProps {
  readonly identity: DeviceIdentity;
  /** Newest first. */
  readonly rows: readonly TwinVersionRow[];
}

function Travel({ identity, rows }: TravelProps) {
  const search = useSearch({ strict: false }) as { version?: number; against?: number };
  const navigate = useNavigate();
  const oldestFirst = [...rows].reverse();
  const at = indexOf(oldestFirst, search.version) ?? oldestFirst.length - 1;
  const against = indexOf(oldestFirst, search.against) ?? Math.max(0, at - 1);
  const go = (wanted: { version?: number | undefined; against?: number | undefined }) =>
    void navigate({ to: '.', search: (old) => ({ ...old, ...wanted }), replace: true });
  return (
    <>
      <VersionSlider
        label="Version"
        rows={oldestFirst}
        at={at}
        onMove={(index) => go({ version: oldestFirst[index]?.version })}
      />
      <VersionSlider
        label="Compared with"
        rows={oldestFirst}
        at={against}
        note={search.against === undefined ? 'the one before' : undefined}
        onMove={(index) => go({ against: oldestFirst[index]?.version })}
        onReset={search.against === undefined ? undefined : () => go({ against: undefined })}
      />
      <Comparison
        identity={identity}
        before={oldestFirst[against]?.version ?? 0}
        after={oldestFirst[at]?.version ?? 0}
      />
    </>
  );
}

interface ComparisonProps {
  readonly identity: DeviceIdentity;
  readonly before: number;
  readonly after: number;
}

function Comparison({ identity, before, after }: ComparisonProps) {
  const [left, right] = [useVersion(identity, before), useVersion(identity, after)];
  const problem = left.error ?? right.error;
  if (problem !== null) return <ProblemAlert error={problem} />;
  if (left.data === undefined || right.data === undefined) return <Skeleton height={80} />;
  return (
    <>
      <DifferenceList differences={diffDocuments(documentOf(left.data), documentOf(right.data))} />
      <details>
        <summary className={classes.whole}>The whole of version {after}</summary>
        <TextBlock text={JSON.stringify(documentOf(right.data), null, 2)} label={`Version ${after}`} />
      </details>
    </>
  );
}

function useVersion(identity: DeviceIdentity, version: number) {
  return useQuery({
    queryKey: [...keyOf(identity), 'twin-versions', version],
    queryFn: () => historyClient.twinVersion(identity, version),
    // What was does not change; while the slider moves, what it left stays in sight.
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (former: TwinVersion | undefined) => former,
  });
}

function documentOf({ desired, reported, tags }: TwinVersion) {
  return { desired, reported, tags };
}

function indexOf(rows: readonly TwinVersionRow[], version: number | undefined): number | undefined {
  const index = rows.findIndex((row) => row.version === version);
  return index < 0 ? undefined : index;
}
