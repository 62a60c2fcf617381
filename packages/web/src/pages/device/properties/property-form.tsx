import { Button, Group, Stack } from '@mantine/core';
import type { DeviceIdentity, ModelSchema } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { desiredPatch, type PropertyRow } from '../../../model/property-rows.ts';
import { type Draft, type DraftResult, draftOf, readDraft, readJson } from '../../../model/schema-form.ts';
import { JsonField } from '../../../ui/json-field.tsx';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { SchemaInput } from '../../../ui/schema-input.tsx';
import classes from './properties.module.css';
import { usePatchTwin } from './use-patch-twin.ts';

interface PropertyFormProps {
  readonly row: PropertyRow;
  readonly identity: DeviceIdentity;
  readonly onClose: () => void;
}

/** Edits one desired property: the input its schema asks for, or JSON when no model knows it. */
export function PropertyForm({ row, identity, onClose }: PropertyFormProps) {
  const schema: ModelSchema | null = row.field?.schema ?? null;
  const current = row.desired ?? row.reported ?? row.field?.hints?.initialValue;
  const [draft, setDraft] = useState<Draft>(() =>
    schema === null ? JSON.stringify(current ?? null, null, 2) : draftOf(schema, current),
  );
  const [problem, setProblem] = useState<Extract<DraftResult, { ok: false }> | null>(null);
  const patch = usePatchTwin(identity, onClose);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = schema === null ? readJson(String(draft)) : readDraft(schema, draft);
    setProblem(read.ok ? null : read);
    if (!read.ok) return;
    patch.mutate(desiredPatch(row.component, row.name, read.value));
  };
  return (
    <form
      className={classes.form}
      onSubmit={submit}
      noValidate
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <Stack gap="sm">
        {patch.isError && <ProblemAlert error={patch.error} />}
        {schema === null ? (
          <JsonField label={row.title} text={String(draft)} onText={setDraft} error={problem?.message ?? null} />
        ) : (
          <SchemaInput
            label={row.title}
            description={row.field?.description ?? null}
            unit={row.field?.unit ?? null}
            schema={schema}
            hints={row.field?.hints}
            draft={draft}
            onDraft={setDraft}
            problem={problem}
          />
        )}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={patch.isPending}>
            Save
          </Button>
          <Button size="xs" variant="default" onClick={onClose}>
            Cancel
          </Button>
          {row.desired !== undefined && (
            <Button
              size="xs"
              variant="subtle"
              color="red"
              ml="auto"
              onClick={() => patch.mutate(desiredPatch(row.component, row.name, null))}
            >
              Remove
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
