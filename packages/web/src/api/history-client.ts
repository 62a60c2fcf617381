import { queryOptions } from '@tanstack/react-query';
import type {
  Connectivity,
  DeviceIdentity,
  HistoryAnswer,
  HistoryDownload,
  HistoryQuery,
  HistoryState,
  LatestRequest,
  LatestValue,
  Page,
  PropertyHistory,
  SeriesAnswer,
  SeriesBatch,
  TwinVersion,
  TwinVersionRow,
} from '@viaduct/contracts';
import { file, get, query, send } from './request.ts';

const TWIN_VERSIONS_PAGE = 200;

/** What devices said, and what became of their twins: `/history` of the console. */
export const historyClient = {
  series: (batch: SeriesBatch) => send<readonly SeriesAnswer[]>('POST', '/history/series', batch),
  latest: (body: LatestRequest) => send<readonly LatestValue[]>('POST', '/history/latest', body),
  /** Newest first, before a version. */
  twinVersions: (identity: DeviceIdentity, before?: string) =>
    get<Page<TwinVersionRow>>(`${pathOf(identity)}/twin/versions${query({ before, limit: TWIN_VERSIONS_PAGE })}`),
  twinVersion: (identity: DeviceIdentity, version: number) =>
    get<TwinVersion>(`${pathOf(identity)}/twin/versions/${version}`),
  property: (identity: DeviceIdentity, component: string | null, name: string) =>
    get<PropertyHistory>(`${pathOf(identity)}/twin/property${query({ component: component ?? undefined, name })}`),
  connectivity: (identity: DeviceIdentity, days: number) =>
    get<Connectivity>(`${pathOf(identity)}/connectivity${query({ days })}`),
  state: () => get<HistoryState>('/history/state'),
  query: (body: HistoryQuery) => send<HistoryAnswer>('POST', '/history/query', body),
  download: (body: HistoryDownload) => file('/history/download', body),
};

/** While charts stand still, how soon that is over is wanted; while they do not, nobody waits for an answer. */
const STATE_MS_BAD = 5_000;
const STATE_MS_GOOD = 30_000;

export const historyStateQuery = queryOptions({
  queryKey: ['history', 'state'],
  queryFn: () => historyClient.state(),
  refetchInterval: ({ state: { data } }) => (data?.state === 'running' ? STATE_MS_GOOD : STATE_MS_BAD),
});

function pathOf({ deviceId, moduleId }: DeviceIdentity): string {
  const module = moduleId === undefined ? '' : `/modules/${encodeURIComponent(moduleId)}`;
  return `/devices/${encodeURIComponent(deviceId)}${module}`;
}
