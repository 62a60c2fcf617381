import { Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { eventReadersQuery, eventsClient } from '../../api/events-client.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { notify } from '../../ui/notify.ts';

interface AddGroupDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Asks for the name of a group. Closing forgets what was typed. */
export function AddGroupDialog({ opened, onClose }: AddGroupDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add consumer group" closeButtonProps={{ 'aria-label': 'Close' }}>
      <AddGroupForm onClose={onClose} />
    </Modal>
  );
}

function AddGroupForm({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const queryClient = useQueryClient();
  const add = useMutation({
    mutationFn: () => eventsClient.addGroup(name),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: eventReadersQuery.queryKey });
      notify(`${name} is there; programs may read for it`);
      onClose();
    },
  });
  const isValid = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);
  return (
    <DialogForm action="Add" isReady={isValid} sending={add} onSend={() => add.mutate()} onClose={onClose}>
      <TextInput
        label="Name"
        description="Usually the program's that reads: “dashboard”, “archive”."
        data-autofocus
        spellCheck={false}
        maxLength={LIMITS.CONSUMER_GROUP_NAME_CHARACTERS_MAX}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={isValid || name === '' ? null : 'Only A-Z a-z 0-9 and . _ -, beginning with a letter or a figure'}
      />
    </DialogForm>
  );
}
