import { Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ExplorationView, LIMITS, type NewTile } from '@viaduct/contracts';
import { useState } from 'react';
import { dashboardsClient, dashboardsQuery } from '../../api/dashboards-client.ts';
import { explorationsClient, explorationsQuery } from '../../api/explorations-client.ts';
import { durationMs } from '../../time-range/duration.ts';
import { spanOf } from '../../time-range/time-choice.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';

interface PinDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly view: ExplorationView;
}

/** Saves a view and puts it on a dashboard, one that is there or a new one. */
export function PinDialog({ opened, onClose, view }: PinDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Pin to a dashboard" closeButtonProps={{ 'aria-label': 'Close' }}>
      <PinForm onClose={onClose} view={view} />
    </Modal>
  );
}

const TILE = { width: 6, height: 4 } as const;

function PinForm({ onClose, view }: Omit<PinDialogProps, 'opened'>) {
  const [name, setName] = useState(view.lines.map(({ path }) => path).join(', ') || 'Query');
  const [chosen, setChosen] = useState('');
  const dashboards = useQuery(dashboardsQuery);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const pin = useMutation({
    mutationFn: async () => {
      const { id } = await explorationsClient.save({ name, isShared: true, view });
      const tile = tileOf(name, id, view);
      if (chosen !== '') return dashboardsClient.pin(chosen, tile);
      return dashboardsClient.create({ displayName: name, personal: false, tiles: [{ ...tile, x: 0, y: 0 }] });
    },
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: explorationsQuery.queryKey });
      await queryClient.invalidateQueries({ queryKey: dashboardsQuery.queryKey });
      onClose();
      await navigate({ to: '/dashboards/$dashboardId', params: { dashboardId: id } });
    },
  });
  return (
    <DialogForm action="Pin" isReady={name.trim() !== ''} sending={pin} onSend={() => pin.mutate()} onClose={onClose}>
      <TextInput
        label="Title"
        data-autofocus
        maxLength={LIMITS.SAVED_QUERY_NAME_CHARACTERS_MAX}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label="Dashboard"
        value={chosen}
        data={[
          { value: '', label: 'A new one' },
          ...(dashboards.data ?? []).map(({ id, displayName }) => ({ value: id, label: displayName })),
        ]}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
    </DialogForm>
  );
}

/** Tiles have one of these lengths, and follow the clock: the shortest that shows it all. */
const DURATIONS = ['PT30M', 'PT1H', 'PT12H', 'P1D', 'P1W', 'P30D'] as const;

function tileOf(displayName: string, id: string, { range }: ExplorationView): NewTile {
  const { fromMs, toMs } = spanOf(range, 0);
  const duration = DURATIONS.find((each) => (durationMs(each) ?? 0) >= toMs - fromMs) ?? 'P30D';
  return {
    ...{ displayName, ...TILE },
    configuration: { type: 'dataExplorer', query: id, queryRange: { type: 'time', duration } },
  };
}
