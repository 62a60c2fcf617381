import { Badge, Skeleton, Stack } from '@mantine/core';
import { IconPlus, IconStack2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { DeviceGroupView } from '@viaduct/contracts';
import { groupsQuery } from '../../api/groups-client.ts';
import { conditionIn } from '../../device-filter/filter-form.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { Age } from '../../ui/age.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import classes from '../../ui/data-table.module.css';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import own from './groups.module.css';

/** Filters that have a name. */
export function GroupsPage() {
  usePageTitle('Groups');
  useFleetStream();
  const groups = useQuery(groupsQuery);
  return (
    <Stack gap="md">
      <PageHead
        title="Groups"
        text="A filter that has a name: charts, dashboards, jobs and queries are about a group, and devices come and go as they fit."
      >
        <ButtonLink to="/groups/new" leftSection={<IconPlus size={16} />}>
          New group
        </ButtonLink>
      </PageHead>
      {groups.isError && <ProblemAlert error={groups.error} onRetry={() => void groups.refetch()} />}
      {groups.isPending && <Skeleton height={220} />}
      {groups.isSuccess && groups.data.length === 0 && (
        <EmptyState
          icon={IconStack2}
          title="No groups yet"
          text="Each model makes one for its devices; others are yours to make."
        >
          <ButtonLink to="/groups/new">Make the first group</ButtonLink>
        </EmptyState>
      )}
      {groups.isSuccess && groups.data.length > 0 && <GroupTable groups={groups.data} />}
    </Stack>
  );
}

function GroupTable({ groups }: { readonly groups: readonly DeviceGroupView[] }) {
  return (
    <div className={`card ${classes.frame}`}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col" data-wide>
              Devices for which
            </th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ groupId, displayName, description, filter, isDefault, updatedAt }) => (
            <tr key={groupId}>
              <th scope="row">
                <Link to="/groups/$groupId" params={{ groupId }} className={classes.name}>
                  {displayName}
                </Link>{' '}
                {isDefault && (
                  <Badge size="xs" variant="default">
                    Default
                  </Badge>
                )}
                {description !== '' && <div className={own.description}>{description}</div>}
              </th>
              <td data-wide>
                <code className={own.filter}>{conditionIn(filter) || 'all devices'}</code>
              </td>
              <td>
                <Age at={updatedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
