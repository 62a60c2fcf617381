import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconPin } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Dashboard, NewTile } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { dashboardsClient, dashboardsQuery } from '../api/dashboards-client.ts';
import { ProblemAlert } from '../ui/problem-alert.tsx';

interface PinTileProps {
  /** What is pinned, as it is shown now. */
  readonly tile: () => NewTile;
  readonly label?: string;
  readonly size?: 'xs' | 'compact-xs' | 'compact-sm';
}

/** Puts what is shown on a dashboard, one that is there or a new one. For every page that shows something worth keeping. */
export function PinTile({ tile, label = 'Add to a dashboard', size = 'xs' }: PinTileProps) {
  const [pinned, setPinned] = useState<NewTile | null>(null);
  return (
    <>
      <Button
        size={size}
        variant="default"
        leftSection={<IconPin size={14} aria-hidden="true" />}
        onClick={() => setPinned(tile())}
      >
        {label}
      </Button>
      <Modal
        opened={pinned !== null}
        onClose={() => setPinned(null)}
        title="Add to a dashboard"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {pinned !== null && <PinForm tile={pinned} onClose={() => setPinned(null)} />}
      </Modal>
    </>
  );
}

function PinForm({ tile, onClose }: { readonly tile: NewTile; readonly onClose: () => void }) {
  const client = useQueryClient();
  const dashboards = useQuery(dashboardsQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const [title, setTitle] = useState(tile.displayName);
  const [name, setName] = useState('My dashboard');
  const target = chosen ?? dashboards.data?.[0]?.id ?? '';
  const pin = useMutation({
    mutationFn: () => pinTo(target, name, { ...tile, displayName: title }),
    onSuccess: () => client.invalidateQueries({ queryKey: dashboardsQuery.queryKey }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    pin.mutate();
  };
  if (pin.isSuccess) return <Pinned dashboard={pin.data} onClose={onClose} />;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput label="Title of the tile" value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
        <NativeSelect
          label="Dashboard"
          value={target}
          data={[
            ...(dashboards.data ?? []).map(({ id, displayName }) => ({ value: id, label: displayName })),
            { value: '', label: 'A new one' },
          ]}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
        {target === '' && (
          <TextInput
            label="Name of the dashboard"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        {pin.isError && <ProblemAlert error={pin.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={pin.isPending}
            disabled={title.trim() === '' || (target === '' && name.trim() === '')}
          >
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

async function pinTo(id: string, displayName: string, tile: NewTile): Promise<Dashboard> {
  if (id !== '') return dashboardsClient.pin(id, tile);
  return dashboardsClient.create({ displayName, personal: true, tiles: [{ ...tile, x: 0, y: 0 }] });
}

function Pinned({ dashboard, onClose }: { readonly dashboard: Dashboard; readonly onClose: () => void }) {
  return (
    <Stack gap="sm">
      <div>
        It is on{' '}
        <Link to="/dashboards/$dashboardId" params={{ dashboardId: dashboard.id }}>
          {dashboard.displayName}
        </Link>
        .
      </div>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
