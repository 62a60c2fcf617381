import { Button, Group, Stack } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import type { JsonObject, TemplateView } from '@viaduct/contracts';
import { useState } from 'react';
import tables from '../../../ui/data-table.module.css';
import { ACTIONS, DataTable } from '../../../ui/data-table.tsx';
import { FaultList } from '../fault-list.tsx';
import classes from '../models.module.css';
import { useSaveDraft } from '../use-save-draft.ts';
import { CapabilityForm } from './capability-form.tsx';
import {
  type CapabilityDraft,
  contentsOf,
  EMPTY_CAPABILITY,
  readCapability,
  withContents,
  writeCapability,
} from './edit-model.ts';

/** Which element is in the form; `contents.length` for a new one. */
type Open = number | null;

/** Adds, changes and removes what the device itself has; each step is saved as the draft. */
export function ModelDesigner({ template }: { readonly template: TemplateView }) {
  const document = template.draft ?? template.document;
  const contents = contentsOf(document);
  const [open, setOpen] = useState<Open>(null);
  const save = useSaveDraft(template);
  const write = (changed: readonly JsonObject[]) =>
    save.mutate(withContents(document, changed), { onSuccess: () => setOpen(null) });
  const put = (draft: CapabilityDraft, at: number) => {
    const element = writeCapability(draft, contents[at]);
    write(at < contents.length ? contents.with(at, element) : [...contents, element]);
  };
  const form = (at: number) => {
    const element = contents[at];
    return (
      <CapabilityForm
        key={at}
        initial={element === undefined ? EMPTY_CAPABILITY : readCapability(element)}
        taken={contents.filter((_, index) => index !== at).map(({ name }) => String(name))}
        action={element === undefined ? 'Add capability' : 'Save capability'}
        onSubmit={(draft) => put(draft, at)}
        onCancel={() => setOpen(null)}
      />
    );
  };
  return (
    <section className={`card ${tables.frame}`} aria-label="Edit">
      {save.error !== null && <FaultList error={save.error} />}
      <DataTable columns={['Capability', 'Kind', ACTIONS]}>
        {contents.map((element, index) =>
          open === index ? (
            <tr key={String(element.name)}>
              <td colSpan={3}>{form(index)}</td>
            </tr>
          ) : (
            <ElementRow
              key={String(element.name)}
              element={element}
              onEdit={() => setOpen(index)}
              onRemove={() => write(contents.toSpliced(index, 1))}
            />
          ),
        )}
      </DataTable>
      <Stack p="sm">
        {open === contents.length ? (
          form(open)
        ) : (
          <Group>
            <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setOpen(contents.length)}>
              Add capability
            </Button>
          </Group>
        )}
      </Stack>
    </section>
  );
}

interface ElementRowProps {
  readonly element: JsonObject;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function ElementRow({ element, onEdit, onRemove }: ElementRowProps) {
  const { name, displayName, kind, isWritable } = readCapability(element);
  const words = kind === 'cloudProperty' ? 'Cloud property' : kind.charAt(0).toUpperCase() + kind.slice(1);
  return (
    <tr>
      <th scope="row">
        <strong>{displayName || name}</strong> <span className={`${classes.quiet} mono`}>{name}</span>
      </th>
      <td>{isWritable ? `${words}, writable` : words}</td>
      <td data-actions>
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <Button size="compact-xs" variant="default" aria-label={`Edit ${name}`} onClick={onEdit}>
            <IconPencil size={14} />
          </Button>
          <Button size="compact-xs" variant="default" aria-label={`Remove ${name}`} onClick={onRemove}>
            <IconTrash size={14} />
          </Button>
        </Group>
      </td>
    </tr>
  );
}
