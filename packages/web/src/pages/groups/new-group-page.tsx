import { Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { NewDeviceGroup } from '@viaduct/contracts';
import { groupsClient, groupsQuery } from '../../api/groups-client.ts';
import { whereText } from '../../device-filter/filter-form.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { GroupForm } from './group-form.tsx';

const route = getRouteApi('/shell/groups/new');

export function NewGroupPage() {
  usePageTitle('New group');
  useFleetStream();
  const { filter = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: (group: NewDeviceGroup) => groupsClient.create(group),
    onSuccess: async ({ groupId }) => {
      await queryClient.invalidateQueries({ queryKey: groupsQuery.queryKey });
      await navigate({ to: '/groups/$groupId', params: { groupId } });
    },
  });
  return (
    <Stack gap="md">
      <PageHead title="New group" text="Say by what its devices are known; those that fit later belong to it, too." />
      <GroupForm
        first={{ displayName: '', description: '', filter: whereText(filter) }}
        action="Make group"
        error={create.error}
        isPending={create.isPending}
        onSave={create.mutate}
        onCancel={() => void navigate({ to: '/groups' })}
      />
    </Stack>
  );
}
