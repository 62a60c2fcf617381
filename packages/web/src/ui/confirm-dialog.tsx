import { Button, Group, Modal, Text } from '@mantine/core';
import type { RefObject } from 'react';

interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly title: string;
  /** What is lost, and what is not. */
  readonly text: string;
  readonly action: string;
  readonly isPending: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** What gets the focus back; the menu item that asked is gone by then. */
  readonly returnTo: RefObject<HTMLElement | null>;
}

/** Asks before something is gone for good. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, title, text, action, isPending, onConfirm, onClose, returnTo } = props;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close' }}
      returnFocus={false}
      onExitTransitionEnd={() => returnTo.current?.focus()}
    >
      <Text size="sm">{text}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        {/* Shade 9: white on the usual red is hard to read. */}
        <Button color="red.9" onClick={onConfirm} loading={isPending}>
          {action}
        </Button>
      </Group>
    </Modal>
  );
}
