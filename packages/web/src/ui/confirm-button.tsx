import { ActionIcon, Button, Tooltip } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { notify, notifyProblem } from './notify.ts';

interface ConfirmButtonProps {
  /** What it does to what; read by screen readers, and shown by an icon's tooltip. */
  readonly label: string;
  /** On the button; absent where an icon says it. */
  readonly text?: string;
  readonly icon?: Icon;
  readonly question: string;
  /** What is lost, and what is not. */
  readonly consequence: string;
  readonly action: string;
  readonly done: string;
  readonly disabled?: boolean;
  readonly act: () => Promise<unknown>;
}

/** A button whose deed cannot be taken back, so it asks first. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, text, icon: Glyph, question, consequence, action, done, disabled = false, act } = props;
  const button = useRef<HTMLButtonElement>(null);
  const [isAsking, setAsking] = useState(false);
  const deed = useMutation({
    mutationFn: act,
    onSuccess: () => {
      setAsking(false);
      notify(done);
    },
    onError: notifyProblem,
  });
  const common = { ref: button, 'aria-label': label, disabled, onClick: () => setAsking(true) };
  return (
    <>
      {text === undefined && Glyph !== undefined ? (
        <Tooltip label={label}>
          <ActionIcon variant="subtle" color="gray" size={26} {...common}>
            <Glyph size={16} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <Button size="xs" variant="default" {...common}>
          {text}
        </Button>
      )}
      <ConfirmDialog
        opened={isAsking}
        title={question}
        text={consequence}
        action={action}
        isPending={deed.isPending}
        onConfirm={() => deed.mutate()}
        onClose={() => setAsking(false)}
        returnTo={button}
      />
    </>
  );
}
