import { Modal, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { dashboardsClient, dashboardsQuery } from '../../api/dashboards-client.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';

interface NewDashboardDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** A name, and who sees it; then straight to its first tile. */
export function NewDashboardDialog({ opened, onClose }: NewDashboardDialogProps) {
  const [displayName, setName] = useState('');
  const [personal, setPersonal] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => dashboardsClient.create({ displayName: displayName.trim(), personal, tiles: [] }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: dashboardsQuery.queryKey, exact: true });
      await navigate({ to: '/dashboards/$dashboardId', params: { dashboardId: id }, search: { edit: true } });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title="New dashboard" closeButtonProps={{ 'aria-label': 'Close' }}>
      <DialogForm
        action="Create"
        isReady={displayName.trim() !== ''}
        sending={create}
        onSend={() => create.mutate()}
        onClose={onClose}
      >
        <TextInput
          label="Name"
          data-autofocus
          maxLength={LIMITS.DASHBOARD_NAME_CHARACTERS_MAX}
          value={displayName}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Switch
          label="Only for me"
          description="Everybody who may see dashboards sees the others"
          checked={personal}
          onChange={(event) => setPersonal(event.currentTarget.checked)}
        />
      </DialogForm>
    </Modal>
  );
}
