import { ActionIcon, Autocomplete, Button, Fieldset, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { TileCondition, TileExtension } from '@viaduct/contracts';
import { OPERATOR_SIGNS } from '../../tiles/tile-conditions.ts';
import classes from './dashboards.module.css';
import type { FieldsProps } from './tile-fields.ts';

interface ConditionsFieldProps extends FieldsProps {
  readonly names: readonly string[];
}

const NEW: TileCondition = { operator: 'gt', value: 0, color: '#c2570c', label: 'Too high' };

/** When a value has a colour and a word of its own; the first that holds counts. */
export function ConditionsField({ configuration, onChange, names }: ConditionsFieldProps) {
  const extension = (configuration.extension ?? {}) as TileExtension;
  const conditions = extension.conditions ?? [];
  const isAlert = configuration.type === 'alertList';
  const set = (next: readonly TileCondition[]) => onChange({ extension: { ...extension, conditions: next } });
  const change = (at: number, part: Partial<TileCondition>) =>
    set(conditions.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <Fieldset legend="Colours by value" p="xs">
      <Stack gap="xs">
        {conditions.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name; their place is what they are.
          <div key={index} className={classes.bar}>
            {isAlert && (
              <Autocomplete
                size="xs"
                aria-label="Value that is looked at"
                placeholder="temperature"
                w="100%"
                data={[...names]}
                value={one.capability ?? ''}
                onChange={(capability) => change(index, { capability })}
              />
            )}
            <NativeSelect
              size="xs"
              aria-label="Comparison"
              value={one.operator}
              data={Object.entries(OPERATOR_SIGNS).map(([value, label]) => ({ value, label }))}
              onChange={(event) => change(index, { operator: event.currentTarget.value as TileCondition['operator'] })}
            />
            <TextInput
              size="xs"
              w={72}
              aria-label="Limit"
              value={String(one.value)}
              onChange={(event) => change(index, { value: limitOf(event.currentTarget.value) })}
            />
            <TextInput
              size="xs"
              w={84}
              aria-label="Word for it"
              value={one.label ?? ''}
              onChange={(event) => change(index, { label: event.currentTarget.value })}
            />
            <input
              type="color"
              aria-label="Colour"
              value={one.color}
              onChange={(event) => change(index, { color: event.currentTarget.value })}
            />
            <ActionIcon
              size={26}
              variant="subtle"
              color="gray"
              aria-label="Remove this condition"
              onClick={() => set(conditions.filter((_one, at) => at !== index))}
            >
              <IconX size={14} aria-hidden="true" />
            </ActionIcon>
          </div>
        ))}
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => set([...conditions, isAlert ? { ...NEW, capability: names[0] ?? 'temperature' } : NEW])}
        >
          Add a condition
        </Button>
      </Stack>
    </Fieldset>
  );
}

function limitOf(text: string): string | number {
  return text.trim() !== '' && !text.endsWith('.') && Number.isFinite(Number(text)) ? Number(text) : text;
}
