import { Button, Menu } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import type { MessageField } from './message-fields.ts';

interface ColumnPickerProps {
  readonly columns: readonly MessageField[];
  readonly chosen: readonly string[];
  readonly onChoose: (keys: readonly string[]) => void;
}

/** Which values have a column of their own; without any, the whole body has one. */
export function ColumnPicker({ columns, chosen, onChoose }: ColumnPickerProps) {
  const toggle = (key: string) =>
    onChoose(chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key]);
  return (
    <Menu closeOnItemClick={false} shadow="md" position="bottom-start" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconColumns3 size={14} />}>
          Columns{chosen.length > 0 && ` (${chosen.length})`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {columns.map(({ key, component, name, isModelled }) => (
          <Menu.CheckboxItem
            key={key}
            checked={chosen.includes(key)}
            rightSection={isModelled ? null : <span className="quiet">unmodeled</span>}
            onChange={() => toggle(key)}
          >
            {component === null ? name : `${component} · ${name}`}
          </Menu.CheckboxItem>
        ))}
        {chosen.length > 0 && <Menu.Item onClick={() => onChoose([])}>The whole body</Menu.Item>}
        {columns.length === 0 && <Menu.Item disabled>Nothing said in JSON yet</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
