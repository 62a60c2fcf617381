import { Button, Group, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ExplorationView, LIMITS } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { explorationsClient, explorationsQuery } from '../../api/explorations-client.ts';
import { notify } from '../../ui/notify.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';

interface SaveExplorationDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly view: ExplorationView;
}

/** Gives a view a name. Closing forgets what was typed. */
export function SaveExplorationDialog({ opened, onClose, view }: SaveExplorationDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Save this exploration" closeButtonProps={{ 'aria-label': 'Close' }}>
      <SaveForm onClose={onClose} view={view} />
    </Modal>
  );
}

function SaveForm({ onClose, view }: Omit<SaveExplorationDialogProps, 'opened'>) {
  const [name, setName] = useState('');
  const [isShared, setShared] = useState(true);
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () => explorationsClient.save({ name, isShared, view }),
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: explorationsQuery.queryKey });
      notify(`${saved.name} is saved`);
      onClose();
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
          maxLength={LIMITS.SAVED_QUERY_NAME_CHARACTERS_MAX}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Switch
          label="Everybody sees it"
          description="And may change and remove it. Without, it is yours alone."
          checked={isShared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
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
