import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type BulkDeed, BulkDialog } from './bulk-dialog.tsx';
import { type BulkTarget, conditionFor } from './bulk-target.ts';

interface BulkMenuProps {
  /** Null where nothing is ticked and the query lists no devices. */
  readonly target: BulkTarget | null;
  readonly isOfModules: boolean;
  /** Every identity that the query finds; asked for only when it is needed. */
  readonly onCollect: () => Promise<BulkTarget & { readonly kind: 'ticked' }>;
}

const DEEDS: readonly (readonly [BulkDeed, string])[] = [
  ['tag', 'Set a tag…'],
  ['desired', 'Set a desired property…'],
  ['method', 'Call a method…'],
  ['enable', 'Enable…'],
  ['disable', 'Disable…'],
  ['delete', 'Delete…'],
];

/** What one may do to all that was found, or to what is ticked. */
export function BulkMenu({ target, isOfModules, onCollect }: BulkMenuProps) {
  const [deed, setDeed] = useState<BulkDeed | null>(null);
  // Rows may be unticked by a refresh while the dialog works: it keeps what it was opened for.
  const [chosen, setChosen] = useState<BulkTarget | null>(null);
  const navigate = useNavigate();
  const condition = target === null ? null : conditionFor(target);
  return (
    <>
      <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button size="xs" variant="default" disabled={target === null} rightSection={<IconChevronDown size={14} />}>
            {target?.kind === 'ticked' ? 'Act on ticked' : 'Act on all found'}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {DEEDS.map(([value, word]) => (
            <Menu.Item
              key={value}
              {...(value === 'delete' ? { color: 'red' } : {})}
              onClick={() => {
                setChosen(target);
                setDeed(value);
              }}
            >
              {word}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            disabled={condition === null}
            onClick={() => {
              if (condition !== null) void navigate({ to: '/jobs/new', search: { condition } });
            }}
          >
            Plan a job for them…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <BulkDialog
        deed={deed}
        target={chosen}
        isOfModules={isOfModules}
        onCollect={onCollect}
        onClose={() => setDeed(null)}
      />
    </>
  );
}
