import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { LIMITS, type NewDeviceGroup } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { FilterEditor } from '../../device-filter/filter-editor.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';

interface GroupFormProps {
  readonly first: NewDeviceGroup;
  readonly action: string;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onSave: (group: NewDeviceGroup) => void;
  readonly onCancel: () => void;
}

/** Name, description, and which devices. */
export function GroupForm({ first, action, error, isPending, onSave, onCancel }: GroupFormProps) {
  const [draft, setDraft] = useState(first);
  const isNamed = draft.displayName.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isNamed) onSave({ ...draft, displayName: draft.displayName.trim() });
  };
  return (
    <form onSubmit={submit} noValidate className="card">
      <Stack>
        {error !== null && <ProblemAlert error={error} />}
        <TextInput
          label="Name"
          required
          maxLength={LIMITS.CENTRAL_NAME_CHARACTERS_MAX}
          value={draft.displayName}
          onChange={(event) => setDraft({ ...draft, displayName: event.currentTarget.value })}
        />
        <Textarea
          label="Description"
          autosize
          minRows={1}
          maxRows={6}
          value={draft.description ?? ''}
          onChange={(event) => setDraft({ ...draft, description: event.currentTarget.value })}
        />
        <FilterEditor filter={draft.filter} onFilter={(filter) => setDraft((old) => ({ ...old, filter }))} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isNamed} loading={isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
