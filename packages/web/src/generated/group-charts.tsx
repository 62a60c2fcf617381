import { Group, Skeleton, Stack } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import type { LatestValue, ModelSummary, SeriesSource } from '@viaduct/contracts';
import { useMemo } from 'react';
import { directoryClient } from '../api/directory-client.ts';
import { historyClient } from '../api/history-client.ts';
import { deviceQuery } from '../api/queries.ts';
import { HistoryNotice } from '../charts/history-notice.tsx';
import { TimeRangePicker } from '../time-range/time-range-picker.tsx';
import { useTimeRange } from '../time-range/use-time-range.ts';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import classes from './generated.module.css';
import { GroupTable } from './group-table.tsx';
import { GroupTile } from './group-tile.tsx';
import { groupFields } from './group-view.ts';

/** Devices that are looked at for the models of the group. */
const DEVICES_SAMPLED = 200;
const MODELS_MAX = 5;
const REFRESH_MS = 10_000;

/**
 * What the devices of a group say together, made from their models: numbers as lines, states as how many are in which, and the last values of
 * each. Its route lets `timeSearch` through, so that the time is in the address.
 */
export function GroupCharts({ groupId }: { readonly groupId: string }) {
  const time = useTimeRange();
  const source = useMemo<SeriesSource>(() => ({ kind: 'group', groupId }), [groupId]);
  const models = useModelsOf(groupId);
  const latest = useQuery({
    queryKey: ['group', groupId, 'latest'],
    queryFn: () => historyClient.latest({ source }),
    refetchInterval: REFRESH_MS,
  });
  if (latest.isPending || models === null) return <Skeleton height={240} />;
  if (latest.isError) return <ProblemAlert error={latest.error} onRetry={() => void latest.refetch()} />;
  if (latest.data.length === 0) return <p className={classes.silent}>No device of this group has said anything yet.</p>;
  return (
    <Stack gap="md">
      <HistoryNotice />
      <Group gap="xs">
        <TimeRangePicker control={time} canTail={false} />
      </Group>
      <Tiles source={source} models={models} latest={latest.data} range={time.range} />
    </Stack>
  );
}

interface TilesProps {
  readonly source: SeriesSource;
  readonly models: readonly ModelSummary[];
  readonly latest: readonly LatestValue[];
  readonly range: ReturnType<typeof useTimeRange>['range'];
}

function Tiles({ source, models, latest, range }: TilesProps) {
  const fields = useMemo(() => groupFields(models, latest), [models, latest]);
  const deviceCount = useMemo(() => new Set(latest.map(({ deviceId }) => deviceId)).size, [latest]);
  return (
    <>
      <div className={classes.grid}>
        {fields
          .filter(({ kind }) => kind === 'number' || kind === 'boolean' || kind === 'state')
          .map((field) => (
            <GroupTile key={field.key} {...{ field, source, latest, range, deviceCount }} />
          ))}
      </div>
      <GroupTable fields={fields} latest={latest} />
    </>
  );
}

/** Of a few devices, one for each template that is among the first; null until they are known. */
function useModelsOf(groupId: string): readonly ModelSummary[] | null {
  const devices = useQuery({
    queryKey: ['group', groupId, 'sample'],
    queryFn: () => directoryClient.list({ group: groupId, limit: DEVICES_SAMPLED }),
  });
  const byTemplate = new Map(devices.data?.items.map(({ templateId, deviceId }) => [templateId, deviceId]));
  byTemplate.delete(null);
  return useQueries({
    queries: [...byTemplate.values()].slice(0, MODELS_MAX).map((deviceId) => deviceQuery(deviceId)),
    combine: (answers) => {
      if (devices.isPending || answers.some(({ isPending }) => isPending)) return null;
      return answers.map(({ data }) => data?.model ?? null).filter((model) => model !== null);
    },
  });
}
