import { Button, Group, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { DirectoryAction, DirectorySelection } from '@viaduct/contracts';
import { useState } from 'react';
import { directoryClient } from '../../api/directory-client.ts';
import { devicesText } from '../../ui/devices-text.ts';
import { notifyProblem } from '../../ui/notify.ts';
import { AddToGroupDialog } from './add-to-group-dialog.tsx';
import { BulkDialog } from './bulk-dialog.tsx';
import { BULK_WORDS } from './bulk-words.ts';
import classes from './devices.module.css';
import type { Selection } from './use-selection.ts';

interface BulkBarProps {
  readonly selection: Selection;
  /** Those that were looked for; how many they are. */
  readonly found: DirectorySelection;
  readonly total: number;
}

const ACTIONS = ['approve', 'block', 'unblock', 'migrate', 'delete'] as const;

/** What may be done to the selected devices, and a way to select all that were found, shown or not. */
export function BulkBar({ selection, found, total }: BulkBarProps) {
  const [action, setAction] = useState<Exclude<DirectoryAction, 'organize'> | null>(null);
  const [isGrouping, setGrouping] = useState(false);
  const selectAll = useMutation({
    mutationFn: () => directoryClient.ids(found),
    onSuccess: ({ deviceIds }) => selection.set(deviceIds),
    onError: notifyProblem,
  });
  const deviceIds = [...selection.ids];
  return (
    <Group className={classes.bar} gap="xs" role="toolbar" aria-label="Selected devices">
      <strong role="status">{devicesText(selection.count)} selected</strong>
      {selection.count < total && (
        <Button size="compact-sm" variant="subtle" loading={selectAll.isPending} onClick={() => selectAll.mutate()}>
          Select all {total.toLocaleString('en')} found
        </Button>
      )}
      <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button size="compact-sm" rightSection={<IconChevronDown size={14} />} ml="auto">
            Actions
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {ACTIONS.map((one) => (
            <Menu.Item key={one} onClick={() => setAction(one)} {...(one === 'delete' ? { className: 'danger' } : {})}>
              {BULK_WORDS[one].verb}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setGrouping(true)}>Add to a group</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button size="compact-sm" variant="default" onClick={() => selection.set([])}>
        Clear
      </Button>
      <BulkDialog
        action={action}
        deviceIds={deviceIds}
        onClose={() => {
          setAction(null);
          if (action === 'delete') selection.set([]);
        }}
      />
      <AddToGroupDialog opened={isGrouping} deviceIds={deviceIds} onClose={() => setGrouping(false)} />
    </Group>
  );
}
