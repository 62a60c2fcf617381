import { Stack } from '@mantine/core';
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
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Listing } from '../../ui/listing.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { DefaultBadge } from './default-badge.tsx';
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
      <Listing
        answer={groups}
        rows={groups.data}
        empty={
          <EmptyState
            icon={IconStack2}
            title="No groups yet"
            text="Each model makes one for its devices; others are yours to make."
          >
            <ButtonLink to="/groups/new">Make the first group</ButtonLink>
          </EmptyState>
        }
      >
        {(rows) => <GroupTable groups={rows} />}
      </Listing>
    </Stack>
  );
}

function GroupTable({ groups }: { readonly groups: readonly DeviceGroupView[] }) {
  return (
    <div className={`card ${classes.frame}`}>
      <DataTable columns={['Group', { title: 'Devices for which', isWide: true }, 'Changed']}>
        {groups.map(({ groupId, displayName, description, filter, isDefault, updatedAt }) => (
          <tr key={groupId}>
            <th scope="row">
              <Link to="/groups/$groupId" params={{ groupId }} className={classes.name}>
                {displayName}
              </Link>{' '}
              {isDefault && <DefaultBadge />}
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
      </DataTable>
    </div>
  );
}
