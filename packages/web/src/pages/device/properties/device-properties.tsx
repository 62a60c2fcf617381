import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { IconBraces, IconListDetails } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { identityKey, type TwinView } from '@viaduct/contracts';
import { useState } from 'react';
import { twinQuery } from '../../../api/queries.ts';
import { propertyRows } from '../../../model/property-rows.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useIdentityScope } from '../device-context.ts';
import { DesiredEditor } from './desired-editor.tsx';
import classes from './properties.module.css';
import { PropertyItem } from './property-item.tsx';

/** What is asked of the device beside what it says, and whether the two agree. */
export function DeviceProperties() {
  const { identity, refreshMs } = useIdentityScope();
  const twin = useQuery({ ...twinQuery(identity), refetchInterval: refreshMs });
  usePageTitle('Properties', identityKey(identity));
  if (twin.isPending) return <Skeleton height={300} />;
  if (twin.isError) return <ProblemAlert error={twin.error} onRetry={() => void twin.refetch()} />;
  return <Properties twin={twin.data} />;
}

function Properties({ twin }: { readonly twin: TwinView }) {
  const { identity, model } = useIdentityScope();
  const [isEditing, setEditing] = useState(false);
  const rows = propertyRows(twin, model);
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="xs">
        <span className="quiet number">
          Desired version {twin.desired.version} · reported version {twin.reported.version}
        </span>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconBraces size={14} />}
          onClick={() => setEditing(!isEditing)}
        >
          {isEditing ? 'Close the JSON editor' : 'Edit desired as JSON'}
        </Button>
      </Group>
      {isEditing && <DesiredEditor identity={identity} onClose={() => setEditing(false)} />}
      {rows.length === 0 ? (
        <div className="card">
          <EmptyState
            icon={IconListDetails}
            title="No properties yet"
            text="Nothing was reported, and nothing is asked of it. What is set here is told as soon as it connects."
          >
            <Button variant="default" onClick={() => setEditing(true)}>
              Ask for something
            </Button>
          </EmptyState>
        </div>
      ) : (
        <div className={`card ${classes.list}`}>
          <div className={classes.head} aria-hidden="true">
            <span>Property</span>
            <span>Desired</span>
            <span>Reported</span>
          </div>
          <ul className={classes.rows}>
            {rows.map((row) => (
              <PropertyItem key={`${row.component ?? ''}/${row.name}`} row={row} identity={identity} />
            ))}
          </ul>
        </div>
      )}
    </Stack>
  );
}
