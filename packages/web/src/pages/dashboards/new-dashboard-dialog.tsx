import { Button, Group, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LIMITS } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { dashboardsClient, dashboardsQuery } from '../../api/dashboards-client.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';

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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title="New dashboard" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
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
          {create.isError && <ProblemAlert error={create.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={displayName.trim() === ''} loading={create.isPending}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
