import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import classes from './pairs-field.module.css';

/** What is being typed: in order, names may be empty or twice for a while. */
export type Pairs = readonly (readonly [name: string, value: string])[];

export function pairsOf(record: Readonly<Record<string, string>>): Pairs {
  return Object.entries(record);
}

/** Without the lines that have no name; the last of two with the same name counts. */
export function recordOf(pairs: Pairs): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map(([name, value]) => [name.trim(), value] as const).filter(([name]) => name !== ''),
  );
}

interface PairsFieldProps {
  readonly label: string;
  readonly description: string;
  readonly pairs: Pairs;
  readonly onPairs: (pairs: Pairs) => void;
  /** What one line is called: "label". */
  readonly noun: string;
  readonly nameHint?: string;
  readonly valueHint?: string;
  /** By name, beneath its line. */
  readonly errors?: Readonly<Record<string, string>>;
}

/** Names with values, a line each. */
export function PairsField(props: PairsFieldProps) {
  const { label, description, pairs, onPairs, noun, nameHint, valueHint, errors = {} } = props;
  const set = (index: number, pair: readonly [string, string]) => onPairs(pairs.with(index, pair));
  return (
    <fieldset className={classes.field}>
      <legend className={classes.label}>{label}</legend>
      <p className={classes.description}>{description}</p>
      {pairs.map(([name, value], index) => (
        // Lines have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: a name that is being typed would remount its own field
        <div key={index} className={classes.line}>
          <TextInput
            size="xs"
            aria-label={`Name of ${noun} ${index + 1}`}
            placeholder={nameHint}
            spellCheck={false}
            value={name}
            onChange={(event) => set(index, [event.currentTarget.value, value])}
          />
          <TextInput
            size="xs"
            className={classes.value}
            aria-label={`Value of ${noun} ${index + 1}`}
            placeholder={valueHint}
            spellCheck={false}
            value={value}
            onChange={(event) => set(index, [name, event.currentTarget.value])}
            error={errors[name.trim()]}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={30}
            aria-label={`Remove ${noun} ${index + 1}`}
            onClick={() => onPairs(pairs.toSpliced(index, 1))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() => onPairs([...pairs, ['', '']])}
      >
        Add {noun}
      </Button>
    </fieldset>
  );
}
