import { Button, Checkbox, TextInput } from '@mantine/core';
import { IconCheck, IconSparkles } from '@tabler/icons-react';
import type { InferredField } from '@viaduct/contracts';
import tables from '../../../ui/data-table.module.css';
import { DataTable } from '../../../ui/data-table.tsx';
import classes from '../models.module.css';
import type { Choice } from './choices.ts';

interface ProposalTableProps {
  readonly choices: readonly Choice[];
  readonly onChange: (choices: readonly Choice[]) => void;
}

/** Every value that was seen, with what it seems to be. */
export function ProposalTable({ choices, onChange }: ProposalTableProps) {
  const change = (index: number, part: Partial<Choice>) =>
    onChange(choices.map((choice, at) => (at === index ? { ...choice, ...part } : choice)));
  return (
    <section className={`card ${tables.frame}`} aria-label="Capabilities">
      <DataTable columns={['Take', 'Name', { title: 'Last value', isWide: true }, 'Holds', 'Unit']}>
        {choices.map((choice, index) => (
          <ChoiceRow
            key={`${choice.field.component ?? ''} ${choice.field.kind} ${choice.field.name}`}
            choice={choice}
            onChange={(part) => change(index, part)}
          />
        ))}
      </DataTable>
    </section>
  );
}

interface ChoiceRowProps {
  readonly choice: Choice;
  readonly onChange: (part: Partial<Choice>) => void;
}

function ChoiceRow({ choice, onChange }: ChoiceRowProps) {
  const { field, isTaken } = choice;
  const path = field.component === null ? field.name : `${field.component}.${field.name}`;
  return (
    <tr>
      <td>
        <Checkbox
          aria-label={`Take ${path}`}
          checked={isTaken}
          onChange={(event) => onChange({ isTaken: event.currentTarget.checked })}
        />
      </td>
      <th scope="row">
        <TextInput
          size="xs"
          aria-label={`Display name of ${path}`}
          value={field.displayName}
          maxLength={64}
          onChange={(event) => onChange({ field: { ...field, displayName: event.currentTarget.value } })}
        />
        <span className={`${classes.quiet} mono`}>{path}</span>
      </th>
      <td data-wide>
        <span className={`${classes.example} mono`}>{JSON.stringify(field.example)}</span>
      </td>
      <td>{holds(field)}</td>
      <td>
        <Guess choice={choice} onChange={onChange} />
      </td>
    </tr>
  );
}

/** Accepted and taken back by the same key. */
function Guess({ choice: { field, hasMeasure }, onChange }: ChoiceRowProps) {
  const { measure, name } = field;
  if (measure === null) return null;
  const words = `${measure.semanticType} in ${measure.unit}`;
  return (
    <span className={classes.guess}>
      <Button
        size="compact-xs"
        variant={hasMeasure ? 'light' : 'default'}
        aria-pressed={hasMeasure}
        aria-label={`${name} is ${words}`}
        leftSection={hasMeasure ? <IconCheck size={14} /> : <IconSparkles size={14} />}
        onClick={() => onChange({ hasMeasure: !hasMeasure })}
      >
        {words}
      </Button>
      <span className={classes.quiet}>{measure.confidence === 'high' ? 'sure' : 'a guess'}</span>
    </span>
  );
}

function holds({ schema, role, kind, isWritable }: InferredField): string {
  const type =
    typeof schema === 'string' ? schema : String((schema as { '@type'?: unknown })['@type'] ?? '').toLowerCase();
  const what = role === null ? type : role.replace(/Vector$/, '').toLowerCase();
  return kind === 'telemetry' ? what : `${what}, property${isWritable ? ' that can be set' : ''}`;
}
