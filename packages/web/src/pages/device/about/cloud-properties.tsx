import { Button, Group, Stack } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CloudPropertyView, ModelField } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { deviceClient, deviceDirectoryQuery } from '../../../api/device-client.ts';
import { type Draft, type DraftResult, draftOf, readDraft } from '../../../model/schema-form.ts';
import { Age } from '../../../ui/age.tsx';
import { MeasuredValue } from '../../../ui/measured-value.tsx';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { SchemaInput } from '../../../ui/schema-input.tsx';
import { StatusBadge } from '../../../ui/status-badge.tsx';
import classes from '../device.module.css';

interface CloudPropertiesProps {
  readonly deviceId: string;
  /** Of the model; what has a value and is not among them is shown all the same. */
  readonly fields: readonly ModelField[];
}

/** What people note of a device, by the model's names. The device never hears of it. */
export function CloudProperties({ deviceId, fields }: CloudPropertiesProps) {
  const device = useQuery(deviceDirectoryQuery(deviceId));
  const values = device.data?.cloudProperties ?? [];
  const named = new Set(fields.map(({ name }) => name));
  const others = values.filter(({ name }) => !named.has(name)).map(({ name }) => plainField(name));
  const all = [...fields, ...others];
  if (all.length === 0) return null;
  return (
    <section className="card" aria-labelledby="cloud-properties">
      <Group gap="xs" mb={8}>
        <h2 className={classes.headingInline} id="cloud-properties">
          Cloud properties
        </h2>
        <StatusBadge tone="quiet" icon={IconCloudOff}>
          not sent to the device
        </StatusBadge>
      </Group>
      {device.isError && <ProblemAlert error={device.error} onRetry={() => void device.refetch()} />}
      <dl className={classes.facts}>
        {all.map((field) => (
          <CloudProperty
            key={field.name}
            deviceId={deviceId}
            field={field}
            view={values.find(({ name }) => name === field.name)}
          />
        ))}
      </dl>
    </section>
  );
}

interface CloudPropertyProps {
  readonly deviceId: string;
  readonly field: ModelField;
  readonly view: CloudPropertyView | undefined;
}

function CloudProperty({ deviceId, field, view }: CloudPropertyProps) {
  const [isEditing, setEditing] = useState(false);
  const title = field.displayName || field.name;
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {isEditing ? (
          <Editor deviceId={deviceId} field={field} value={view?.value} onClose={() => setEditing(false)} />
        ) : (
          <Group gap="xs">
            <MeasuredValue value={view?.value} field={field} className={classes.factValue} />
            <Button size="compact-xs" variant="subtle" aria-label={`Edit ${title}`} onClick={() => setEditing(true)}>
              Edit
            </Button>
            {view !== undefined && (
              <span className={classes.factAge}>
                <Age at={view.updatedAt} />
              </span>
            )}
          </Group>
        )}
      </dd>
    </div>
  );
}

interface EditorProps {
  readonly deviceId: string;
  readonly field: ModelField;
  readonly value: unknown;
  readonly onClose: () => void;
}

function Editor({ deviceId, field, value, onClose }: EditorProps) {
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<Draft>(() => draftOf(field.schema, value ?? field.hints?.initialValue));
  const [problem, setProblem] = useState<Extract<DraftResult, { ok: false }> | null>(null);
  const save = useMutation({
    mutationFn: (next: unknown) => deviceClient.patchCloudProperties(deviceId, { [field.name]: next }),
    onSuccess: (cloudProperties) => {
      queryClient.setQueryData(deviceDirectoryQuery(deviceId).queryKey, (old) => old && { ...old, cloudProperties });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readDraft(field.schema, draft);
    setProblem(read.ok ? null : read);
    if (read.ok) save.mutate(read.value);
  };
  return (
    <form onSubmit={submit} noValidate onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <Stack gap="xs">
        {save.isError && <ProblemAlert error={save.error} />}
        <SchemaInput
          label={field.displayName || field.name}
          description={field.description}
          unit={field.unit}
          schema={field.schema}
          hints={field.hints}
          draft={draft}
          onDraft={setDraft}
          problem={problem}
        />
        <Group gap="xs">
          <Button type="submit" size="xs" loading={save.isPending}>
            Save
          </Button>
          <Button size="xs" variant="default" onClick={onClose}>
            Cancel
          </Button>
          {value !== undefined && (
            <Button size="xs" variant="subtle" color="red" ml="auto" onClick={() => save.mutate(null)}>
              Remove
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function plainField(name: string): ModelField {
  return {
    ...{ name, displayName: name, description: null, component: null, semanticType: null, unit: null },
    schema: { kind: 'string' },
  };
}
