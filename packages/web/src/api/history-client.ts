import type {
  DeviceIdentity,
  HistoryAnswer,
  HistoryDownload,
  HistoryQuery,
  LatestRequest,
  LatestValue,
  Page,
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
    get<Page<TwinVersionRow>>(`${twinPath(identity)}${query({ before, limit: TWIN_VERSIONS_PAGE })}`),
  twinVersion: (identity: DeviceIdentity, version: number) => get<TwinVersion>(`${twinPath(identity)}/${version}`),
  query: (body: HistoryQuery) => send<HistoryAnswer>('POST', '/history/query', body),
  download: (body: HistoryDownload) => file('/history/download', body),
};

function twinPath({ deviceId, moduleId }: DeviceIdentity): string {
  const module = moduleId === undefined ? '' : `/modules/${encodeURIComponent(moduleId)}`;
  return `/devices/${encodeURIComponent(deviceId)}${module}/twin/versions`;
}
