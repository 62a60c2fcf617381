import { Modal, Switch, TextInput } from '@mantine/core';
import { type UseMutationOptions, useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { DialogForm } from './dialog-form.tsx';

/** What was typed: a name without spaces around it, and whether it is for everybody. */
interface Named {
  readonly name: string;
  readonly isShared: boolean;
}

interface NameDialogProps<Saved> extends NameFormProps<Saved> {
  readonly opened: boolean;
  readonly title: string;
}

interface NameFormProps<Saved> {
  readonly onClose: () => void;
  readonly nameCharactersMax: number;
  /** Under the field: of what it is the name. */
  readonly description?: string;
  /** Asks who sees it; where it is not asked, everybody does. */
  readonly asksSharing?: boolean;
  /** What gets the name, where it is worth another look. */
  readonly children?: ReactNode;
  /** Keeps it. A refusal stands in the dialog, which stays open. */
  readonly save: UseMutationOptions<Saved, Error, Named>;
}

/** Gives something a name. Closing forgets what was typed. */
export function NameDialog<Saved>({ opened, title, ...form }: NameDialogProps<Saved>) {
  return (
    <Modal opened={opened} onClose={form.onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <NameForm {...form} />
    </Modal>
  );
}

function NameForm<Saved>(props: NameFormProps<Saved>) {
  const { onClose, nameCharactersMax, description, asksSharing = false, children, save } = props;
  const [typed, setTyped] = useState('');
  const [isShared, setShared] = useState(true);
  const saving = useMutation(save);
  const name = typed.trim();
  return (
    <DialogForm
      action="Save"
      isReady={name !== ''}
      sending={saving}
      onSend={() => saving.mutate({ name, isShared })}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description={description}
        data-autofocus
        maxLength={nameCharactersMax}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {children}
      {asksSharing && (
        <Switch
          label="Everybody sees it"
          description="And may change and remove it. Without, it is yours alone."
          checked={isShared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
      )}
    </DialogForm>
  );
}
