import { Button, Group, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { LIMITS } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { queryClientApi } from '../../api/query-client.ts';
import { savedQueriesQuery } from '../../api/query-queries.ts';
import { notify } from '../../ui/notify.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { TextBlock } from '../../ui/text-block.tsx';

interface SaveQueryDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly query: string;
}

/** Gives a query a name: a group of devices, or a question to ask again. Closing forgets what was typed. */
export function SaveQueryDialog({ opened, onClose, query }: SaveQueryDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Save as a group" closeButtonProps={{ 'aria-label': 'Close' }}>
      <SaveQueryForm onClose={onClose} query={query} />
    </Modal>
  );
}

function SaveQueryForm({ onClose, query }: Omit<SaveQueryDialogProps, 'opened'>) {
  const [name, setName] = useState('');
  const [isShared, setShared] = useState(true);
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () => queryClientApi.save({ name, query, isShared }),
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: savedQueriesQuery.queryKey });
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
          description="Of the devices that it finds, or of the question: “North site”, “Old firmware”."
          data-autofocus
          maxLength={LIMITS.SAVED_QUERY_NAME_CHARACTERS_MAX}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextBlock text={query} label="Query to save" />
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
