import type {
  HistoryAnswer,
  HistoryQuery,
  LatestRequest,
  LatestValue,
  SeriesAnswer,
  SeriesBatch,
} from '@viaduct/contracts';
import { send } from './request.ts';

/** What devices said: `/history` of the console. */
export const historyClient = {
  series: (batch: SeriesBatch) => send<readonly SeriesAnswer[]>('POST', '/history/series', batch),
  latest: (body: LatestRequest) => send<readonly LatestValue[]>('POST', '/history/latest', body),
  query: (body: HistoryQuery) => send<HistoryAnswer>('POST', '/history/query', body),
};
