import { queryOptions } from '@tanstack/react-query';
import type { DeviceGroupDetail, DeviceGroupView, GroupPreview, NewDeviceGroup } from '@viaduct/contracts';
import { DIRECTORY_KEY } from './directory-client.ts';
import { get, query, send } from './request.ts';

export const groupsClient = {
  list: () => get<readonly DeviceGroupView[]>('/groups'),
  group: (groupId: string) => get<DeviceGroupDetail>(`/groups/${encodeURIComponent(groupId)}`),
  create: (group: NewDeviceGroup) => send<DeviceGroupView>('POST', '/groups', group),
  change: (groupId: string, group: NewDeviceGroup) =>
    send<DeviceGroupView>('PUT', `/groups/${encodeURIComponent(groupId)}`, group),
  remove: (groupId: string) => send<void>('DELETE', `/groups/${encodeURIComponent(groupId)}${query({})}`),
  preview: (filter: string) => send<GroupPreview>('POST', '/groups/preview', { filter }),
};

export const groupsQuery = queryOptions({ queryKey: ['groups'], queryFn: groupsClient.list });

export const groupQuery = (groupId: string) =>
  queryOptions({ queryKey: ['groups', groupId], queryFn: () => groupsClient.group(groupId) });

/** Below the directory's, so that what makes its answers stale does the same to a count. */
export const groupPreviewQuery = (filter: string) =>
  queryOptions({
    queryKey: [...DIRECTORY_KEY, 'preview', filter],
    queryFn: () => groupsClient.preview(filter),
    retry: false,
  });
