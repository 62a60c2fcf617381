import { Button, Checkbox, Group, Select, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import classes from '../models.module.css';
import { CAPABILITY_KINDS, type CapabilityDraft, type CapabilityKind, SCHEMAS } from './edit-model.ts';

const KIND_WORDS: Readonly<Record<CapabilityKind, string>> = {
  telemetry: 'Telemetry',
  property: 'Property',
  cloudProperty: 'Cloud property',
  command: 'Command',
  component: 'Component',
};
const NAME = /^[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?$/;

interface CapabilityFormProps {
  readonly initial: CapabilityDraft;
  /** Names of the others. */
  readonly taken: readonly string[];
  readonly action: string;
  readonly onSubmit: (draft: CapabilityDraft) => void;
  readonly onCancel: () => void;
}

/** One capability: what it is, what it is called, what it holds. */
export function CapabilityForm({ initial, taken, action, onSubmit, onCancel }: CapabilityFormProps) {
  const [draft, setDraft] = useState(initial);
  const change = (part: Partial<CapabilityDraft>) => setDraft((before) => ({ ...before, ...part }));
  const mistake = nameMistake(draft.name.trim(), taken);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (mistake === null) onSubmit(draft);
  };
  return (
    <form onSubmit={submit} aria-label={action}>
      <div className={classes.form}>
        <Select
          label="Kind"
          data={CAPABILITY_KINDS.map((kind) => ({ value: kind, label: KIND_WORDS[kind] }))}
          value={draft.kind}
          allowDeselect={false}
          onChange={(kind) => change({ kind: (kind ?? 'telemetry') as CapabilityKind })}
        />
        <TextInput
          label="Name"
          description="As the device writes it"
          value={draft.name}
          error={draft.name === '' ? null : mistake}
          onChange={(event) => change({ name: event.currentTarget.value })}
          data-autofocus
        />
        <TextInput
          label="Display name"
          description="As people read it"
          value={draft.displayName}
          maxLength={64}
          onChange={(event) => change({ displayName: event.currentTarget.value })}
        />
        <SchemaFields draft={draft} change={change} />
      </div>
      <Group justify="flex-end" mt="sm">
        <Button size="xs" variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="xs" type="submit" disabled={mistake !== null}>
          {action}
        </Button>
      </Group>
    </form>
  );
}

interface SchemaFieldsProps {
  readonly draft: CapabilityDraft;
  readonly change: (part: Partial<CapabilityDraft>) => void;
}

function SchemaFields({ draft, change }: SchemaFieldsProps) {
  if (draft.kind === 'component') {
    return (
      <TextInput
        label="Interface"
        description="Identifier of a model that is known here"
        placeholder="dtmi:example:Motor;1"
        value={draft.schema.startsWith('dtmi:') ? draft.schema : ''}
        onChange={(event) => change({ schema: event.currentTarget.value })}
      />
    );
  }
  if (draft.kind === 'command') {
    return (
      <Checkbox
        label="Waits for a device that is away"
        checked={draft.isQueued}
        onChange={(event) => change({ isQueued: event.currentTarget.checked })}
      />
    );
  }
  const schemas = draft.schema === '' ? [{ value: '', label: 'as it is in JSON' }, ...SCHEMAS] : [...SCHEMAS];
  return (
    <>
      <Select
        label="Holds"
        data={schemas}
        value={draft.schema}
        allowDeselect={false}
        onChange={(schema) => change({ schema: schema ?? '' })}
      />
      {draft.schema === 'enum' && (
        <Textarea
          label="States"
          description="A line each: name=value"
          autosize
          minRows={3}
          value={draft.states}
          onChange={(event) => change({ states: event.currentTarget.value })}
        />
      )}
      <TextInput
        label="Semantic type"
        placeholder="Temperature"
        value={draft.semanticType}
        onChange={(event) => change({ semanticType: event.currentTarget.value.trim() })}
      />
      <TextInput
        label="Unit"
        placeholder="degreeCelsius"
        value={draft.unit}
        onChange={(event) => change({ unit: event.currentTarget.value.trim() })}
      />
      {draft.kind === 'property' && (
        <Checkbox
          label="Can be set from here"
          checked={draft.isWritable}
          onChange={(event) => change({ isWritable: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

function nameMistake(name: string, taken: readonly string[]): string | null {
  if (!NAME.test(name) || name.length > 64) return 'Letters, digits and _, beginning with a letter; at most 64';
  return taken.includes(name) ? 'Another capability has this name' : null;
}
