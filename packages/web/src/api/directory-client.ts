import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import {
  CONSOLE_API,
  type DirectoryBulk,
  type DirectoryChange,
  type DirectoryColumn,
  type DirectoryDevice,
  type DirectoryIds,
  type DirectoryOutcome,
  type DirectoryQuery,
  type DirectoryRow,
  type DirectorySelection,
  type NewDirectoryDevice,
  type Page,
} from '@viaduct/contracts';
import { get, query, send } from './request.ts';

const PAGE_SIZE = 200;

/** Devices as central knows them: with names, templates and properties. */
export const directoryClient = {
  list: (wanted: DirectoryQuery) => get<Page<DirectoryRow>>(`/devices${query({ ...wanted })}`),
  columns: () => get<readonly DirectoryColumn[]>('/directory/columns'),
  ids: (selection: DirectorySelection) => send<DirectoryIds>('POST', '/directory/ids', selection),
  create: (device: NewDirectoryDevice) => send<DirectoryDevice>('POST', '/directory/devices', device),
  change: (deviceId: string, change: DirectoryChange) =>
    send<DirectoryDevice>('PATCH', `/devices/${encodeURIComponent(deviceId)}/directory`, change),
  bulk: (body: DirectoryBulk) => send<readonly DirectoryOutcome[]>('POST', '/directory/bulk', body),
};

/** Where a selection is downloaded as CSV: a link, so that the browser streams it to disk. */
export function exportUrl(selection: DirectorySelection): string {
  return `${CONSOLE_API}/exports/devices${query({ ...selection })}`;
}

export const DIRECTORY_KEY = ['directory'];

export const directoryColumnsQuery = queryOptions({
  queryKey: [...DIRECTORY_KEY, 'columns'],
  queryFn: directoryClient.columns,
  staleTime: 60_000,
});

/** Page after page, as far as somebody scrolls. */
export const directoryQuery = (wanted: Omit<DirectoryQuery, 'cursor' | 'limit'>) =>
  infiniteQueryOptions({
    queryKey: [...DIRECTORY_KEY, 'rows', wanted],
    queryFn: ({ pageParam }) =>
      directoryClient.list({ ...wanted, limit: PAGE_SIZE, ...(pageParam === undefined ? {} : { cursor: pageParam }) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
  });

/** The first few: for counts, and for what is searched as one types. */
export const directorySampleQuery = (wanted: DirectoryQuery) =>
  queryOptions({ queryKey: [...DIRECTORY_KEY, 'sample', wanted], queryFn: () => directoryClient.list(wanted) });
