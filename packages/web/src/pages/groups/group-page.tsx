import { Button, Skeleton, Stack } from '@mantine/core';
import { IconEdit } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { DeviceGroupDetail, NewDeviceGroup } from '@viaduct/contracts';
import { groupQuery, groupsClient, groupsQuery } from '../../api/groups-client.ts';
import { conditionIn } from '../../device-filter/filter-form.ts';
import { GroupCharts } from '../../generated/group-charts.tsx';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { DetailHead } from '../../ui/detail-head.tsx';
import { devicesText } from '../../ui/devices-text.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { DefaultBadge } from './default-badge.tsx';
import { GroupDevices } from './group-devices.tsx';
import { GroupForm } from './group-form.tsx';
import own from './groups.module.css';
import { RemoveGroup } from './remove-group.tsx';

const route = getRouteApi('/shell/groups/$groupId');

/** One group: who is in it, and what they say. */
export function GroupPage() {
  useFleetStream();
  const { groupId } = route.useParams();
  const group = useQuery(groupQuery(groupId));
  usePageTitle(group.data?.displayName ?? 'Group');
  if (group.isError) return <ProblemAlert error={group.error} onRetry={() => void group.refetch()} />;
  if (group.isPending) return <Skeleton height={320} />;
  return <KnownGroup key={group.data.etag} group={group.data} />;
}

function KnownGroup({ group }: { readonly group: DeviceGroupDetail }) {
  const { groupId, displayName, description, filter, isDefault, count } = group;
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const setEdit = (next: true | undefined) => void navigate({ search: (old) => ({ ...old, edit: next }) });
  return (
    <Stack gap="md">
      <div>
        <DetailHead
          crumb={<Link to="/groups">Groups</Link>}
          title={displayName}
          badge={
            <>
              {isDefault && <DefaultBadge />}
              <span className="quiet">{devicesText(count)}</span>
            </>
          }
        >
          <ButtonLink to="/devices" search={{ group: groupId }} variant="default">
            Open in the table
          </ButtonLink>
          <Button variant="default" leftSection={<IconEdit size={16} />} onClick={() => setEdit(true)}>
            Edit
          </Button>
          <RemoveGroup group={group} />
        </DetailHead>
        {description !== '' && <p className={own.description}>{description}</p>}
        <code className={own.filter}>{conditionIn(filter) || 'all devices'}</code>
      </div>
      {edit === true && <EditGroup group={group} onDone={() => setEdit(undefined)} />}
      <GroupCharts groupId={groupId} />
      <GroupDevices groupId={groupId} />
    </Stack>
  );
}

function EditGroup({ group, onDone }: { readonly group: DeviceGroupDetail; readonly onDone: () => void }) {
  const { groupId, displayName, description, filter, organization, etag } = group;
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: (change: NewDeviceGroup) => groupsClient.change(groupId, change),
    onSuccess: async () => {
      onDone();
      await queryClient.invalidateQueries({ queryKey: groupsQuery.queryKey });
    },
  });
  return (
    <GroupForm
      first={{ displayName, description, filter, organization, etag }}
      action="Save"
      error={save.error}
      isPending={save.isPending}
      onSave={save.mutate}
      onCancel={onDone}
    />
  );
}
