import { ActionIcon, Group } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface ItemButtonsProps {
  /** What is moved or removed, in words. */
  readonly name: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
  readonly children?: ReactNode;
}

/** Moves one of several up and down, and removes it. */
export function ItemButtons({ name, isFirst, isLast, onMove, onRemove, children }: ItemButtonsProps) {
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      {children}
      <ActionIcon
        variant="default"
        size={26}
        disabled={isFirst}
        aria-label={`Move ${name} up`}
        onClick={() => onMove(-1)}
      >
        <IconArrowUp size={14} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size={26}
        disabled={isLast}
        aria-label={`Move ${name} down`}
        onClick={() => onMove(1)}
      >
        <IconArrowDown size={14} />
      </ActionIcon>
      <ActionIcon variant="default" size={26} aria-label={`Remove ${name}`} onClick={onRemove}>
        <IconTrash size={14} />
      </ActionIcon>
    </Group>
  );
}
