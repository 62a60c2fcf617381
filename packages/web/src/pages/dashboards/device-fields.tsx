import { TextInput } from '@mantine/core';
import type { Vocabulary } from '../../tiles/use-vocabulary.ts';
import { DeviceSelect } from './device-select.tsx';
import type { FieldsProps } from './tile-fields.ts';

/** The one device of a tile that does something, and what it does. */
export function DeviceFields({
  configuration,
  onChange,
  variables,
  vocabulary,
}: FieldsProps & { readonly vocabulary: Vocabulary }) {
  const { type } = configuration;
  const names = type === 'writableProperty' ? vocabulary.properties : vocabulary.commands;
  return (
    <>
      <DeviceSelect
        label="Device"
        value={String(configuration.device ?? '')}
        variables={variables.filter(({ kind }) => kind === 'device').map(({ name }) => name)}
        onChoose={(device) => onChange({ device })}
      />
      {type === 'command' && (
        <TextInput
          size="xs"
          label="Command"
          description={hint(names)}
          spellCheck={false}
          value={String(configuration.command ?? '')}
          onChange={(event) => onChange({ command: event.currentTarget.value })}
        />
      )}
      {type === 'commandPad' && (
        <ListInput
          label="Commands"
          hint={hint(names)}
          value={configuration.commands}
          onChange={(commands) => onChange({ commands })}
        />
      )}
      {type === 'writableProperty' && (
        <ListInput
          label="Properties"
          hint={hint(names)}
          value={configuration.properties}
          onChange={(properties) => onChange({ properties })}
        />
      )}
    </>
  );
}

function hint(names: readonly string[]): string {
  return names.length === 0 ? 'As the device knows it' : `It has: ${names.slice(0, 8).join(', ')}`;
}

interface ListInputProps {
  readonly label: string;
  readonly hint: string;
  readonly value: unknown;
  readonly onChange: (names: readonly string[]) => void;
}

function ListInput({ label, hint: description, value, onChange }: ListInputProps) {
  return (
    <TextInput
      size="xs"
      label={`${label}, with commas between`}
      description={description}
      spellCheck={false}
      defaultValue={(Array.isArray(value) ? value : []).join(', ')}
      onChange={(event) => {
        const names = event.currentTarget.value.split(',').map((name) => name.trim());
        const known = names.filter((name) => name !== '');
        if (known.length > 0) onChange(known);
      }}
    />
  );
}
