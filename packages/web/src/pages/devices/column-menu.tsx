import { Button, Checkbox, Popover, ScrollArea, Stack, TextInput } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { useState } from 'react';
import type { useColumns } from './use-columns.ts';

const SHOWN_MAX = 100;

/** Chooses what the table shows: our own columns, and properties of the devices. */
export function ColumnMenu({ columns }: { readonly columns: ReturnType<typeof useColumns> }) {
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const found = columns.offered.filter(({ id, title }) => `${title} ${id}`.toLowerCase().includes(wanted));
  return (
    <Popover position="bottom-end" width={280} trapFocus withinPortal returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <TextInput
            aria-label="Find a column"
            placeholder="Find a property"
            size="xs"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <ScrollArea.Autosize mah={300} type="auto" viewportProps={{ tabIndex: 0 }}>
            <Stack gap={6}>
              {found.slice(0, SHOWN_MAX).map(({ id, title }) => (
                <Checkbox
                  key={id}
                  size="xs"
                  label={title}
                  checked={columns.chosen.some((column) => column.id === id)}
                  onChange={() => columns.toggle(id)}
                />
              ))}
            </Stack>
          </ScrollArea.Autosize>
          <Button size="compact-xs" variant="subtle" onClick={columns.reset}>
            As at first
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
