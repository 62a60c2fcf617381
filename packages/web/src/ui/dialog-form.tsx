import { Button, Group, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

interface DialogFormProps {
  /** On the button that sends it. */
  readonly action: string;
  /** Whether what was typed may be sent; until then neither the button nor Enter does. */
  readonly isReady: boolean;
  /** How the sending fares: a refusal stands above the fields. */
  readonly sending: { readonly error: Error | null; readonly isPending: boolean };
  readonly onSend: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The fields of a dialog, with what the server refused above them and two buttons below. */
export function DialogForm({ action, isReady, sending, onSend, onClose, children }: DialogFormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onSend();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {sending.error !== null && <ProblemAlert error={sending.error} />}
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isReady} loading={sending.isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
