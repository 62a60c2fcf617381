import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowRight,
  IconDotsVertical,
  IconEyeOff,
  IconPencil,
  IconPin,
  IconPinnedOff,
} from '@tabler/icons-react';
import { moveField } from './layer-edits.ts';
import { useTileScope } from './tile-scope.ts';
import type { ViewField } from './view-field.ts';

interface TileMenuProps {
  readonly field: ViewField;
  /** Those that stand with it, in order. */
  readonly neighbours: readonly ViewField[];
  readonly onEdit: () => void;
}

/** What can be changed of a tile. Each is one attribute of one field. */
export function TileMenu({ field, neighbours, onEdit }: TileMenuProps) {
  const { edit } = useTileScope();
  const change = (values: object) => edit({ fields: { [field.key]: values } });
  const [earlier, later] = ([-1, 1] as const).map((steps) => moveField(neighbours, field.key, steps));
  return (
    <Menu position="bottom-end" withinPortal shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Change the tile ${field.title}`}>
          <IconDotsVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={14} />} onClick={onEdit}>
          Name, colour, axis…
        </Menu.Item>
        <Menu.Item
          leftSection={field.isPinned ? <IconPinnedOff size={14} /> : <IconPin size={14} />}
          onClick={() => change({ isPinned: field.isPinned ? null : true })}
        >
          {field.isPinned ? 'Unpin' : 'Pin to the top'}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowLeft size={14} />}
          disabled={earlier === undefined}
          onClick={() => earlier && edit(earlier)}
        >
          Move before
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowRight size={14} />}
          disabled={later === undefined}
          onClick={() => later && edit(later)}
        >
          Move behind
        </Menu.Item>
        <Menu.Item leftSection={<IconEyeOff size={14} />} onClick={() => change({ isHidden: true })}>
          Hide
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
