import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LIMITS } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { groupsClient, groupsQuery } from '../../api/groups-client.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { TextBlock } from '../../ui/text-block.tsx';

interface SaveGroupDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Which devices: what the table shows now. */
  readonly filter: string;
}

/** Gives a filter a name; from then on it is a group, for charts, dashboards, jobs and queries. */
export function SaveGroupDialog({ opened, onClose, filter }: SaveGroupDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Save as a group" closeButtonProps={{ 'aria-label': 'Close' }}>
      <SaveGroupForm onClose={onClose} filter={filter} />
    </Modal>
  );
}

function SaveGroupForm({ onClose, filter }: Omit<SaveGroupDialogProps, 'opened'>) {
  const [name, setName] = useState('');
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () => groupsClient.create({ displayName: name.trim(), filter }),
    onSuccess: async ({ groupId }) => {
      await queryClient.invalidateQueries({ queryKey: groupsQuery.queryKey });
      await navigate({ to: '/groups/$groupId', params: { groupId } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') save.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {save.error !== null && <ProblemAlert error={save.error} />}
        <TextInput
          label="Name"
          data-autofocus
          maxLength={LIMITS.CENTRAL_NAME_CHARACTERS_MAX}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextBlock text={filter} label="Filter to save" />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name.trim() === ''} loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
