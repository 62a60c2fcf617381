import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { isValidId, type NewAuthentication } from '@viaduct/contracts';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { AuthenticationChoice } from './authentication-choice.tsx';
import { authenticationOf, FIRST_DRAFT } from './authentication-draft.ts';

interface NewIdentityDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly label: string;
  readonly description: string;
  /** What stands before the id in the name that a certificate bears: of a module, `{deviceId}/`. */
  readonly namePrefix?: string;
  /** What the id is until somebody types another. */
  readonly suggestion: string;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onCreate: (id: string, authentication: NewAuthentication) => void;
  /** What may suit better; above the buttons. */
  readonly note?: ReactNode;
}

/** Asks for what a new device or module needs. Closing forgets what was typed. */
export function NewIdentityDialog({ opened, onClose, title, ...form }: NewIdentityDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <NewIdentityForm key={form.suggestion} onClose={onClose} {...form} />
    </Modal>
  );
}

function NewIdentityForm(props: Omit<NewIdentityDialogProps, 'opened' | 'title'>) {
  const { label, description, suggestion, error, isPending, onCreate, onClose, namePrefix = '', note } = props;
  const [id, setId] = useState(suggestion);
  const [draft, setDraft] = useState(FIRST_DRAFT);
  const isValid = isValidId(id);
  const authentication = authenticationOf(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isValid && authentication !== null) onCreate(id, authentication);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {error !== null && <ProblemAlert error={error} />}
        <TextInput
          label={label}
          description={description}
          data-autofocus
          spellCheck={false}
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
          error={isValid || id === '' ? null : "Up to 128 of A-Z a-z 0-9 and -:.+%_#*?!(),=@;$'"}
        />
        <AuthenticationChoice name={id === '' ? '' : `${namePrefix}${id}`} draft={draft} onDraft={setDraft} />
        {note}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isValid || authentication === null} loading={isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
