import { queryOptions } from '@tanstack/react-query';
import type { DeviceGroupView, DirectoryColumn, DirectoryQuery, DirectoryRow, Page } from '@viaduct/contracts';
import { get, query } from './request.ts';

/** Groups, and the devices of one, as tiles and the map ask for them. */
export const groupsQuery = queryOptions({
  queryKey: ['groups'],
  queryFn: () => get<readonly DeviceGroupView[]>('/groups'),
});

export const columnsQuery = queryOptions({
  queryKey: ['directory-columns'],
  queryFn: () => get<readonly DirectoryColumn[]>('/directory/columns'),
});

export const directoryPage = (wanted: DirectoryQuery) => get<Page<DirectoryRow>>(`/devices${query({ ...wanted })}`);
