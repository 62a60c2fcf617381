import { ActionIcon, Button, Fieldset, Group, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Draft } from '../model/schema-form.ts';

interface MapInputProps {
  readonly label: string;
  readonly description: string | null;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  /** What a new row begins with. */
  readonly empty: Draft;
  readonly renderValue: (row: string, draft: Draft, onDraft: (draft: Draft) => void) => ReactNode;
}

/** Keys and their values, a row each. */
export function MapInput({ label, description, draft, onDraft, empty, renderValue }: MapInputProps) {
  const rows = typeof draft === 'object' ? draft : {};
  const change = (row: string, entry: Draft) => onDraft({ ...rows, [row]: entry });
  const next = String(Math.max(-1, ...Object.keys(rows).map(Number)) + 1);
  return (
    <Fieldset legend={label}>
      <Stack gap="xs">
        {description !== null && <span className="quiet">{description}</span>}
        {Object.entries(rows).map(([row, entry]) => {
          const { key = '', value: inner = '' } = typeof entry === 'object' ? entry : {};
          return (
            <Group key={row} gap="xs" align="flex-end" wrap="nowrap">
              <TextInput
                label="Key"
                value={String(key)}
                onChange={(event) => change(row, { key: event.currentTarget.value, value: inner })}
              />
              {renderValue(row, inner, (changed) => change(row, { key, value: changed }))}
              <ActionIcon
                variant="subtle"
                color="gray"
                size={30}
                aria-label={`Remove ${String(key) || 'the row'}`}
                onClick={() => onDraft(Object.fromEntries(Object.entries(rows).filter(([other]) => other !== row)))}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
          );
        })}
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => change(next, { key: '', value: empty })}
        >
          Add a key
        </Button>
      </Stack>
    </Fieldset>
  );
}
