import { Button, Group, SegmentedControl, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { groupPreviewQuery } from '../api/groups-client.ts';
import { readMistake } from '../editor/read-mistake.ts';
import { devicesText } from '../ui/devices-text.ts';
import classes from './device-filter.module.css';
import { type FilterForm, formatForm, parseForm } from './filter-form.ts';
import { FilterRowFields } from './filter-row.tsx';
import { useFilterFields } from './use-filter-fields.ts';

/** The editor is large, and most filters are clicked together. */
const FilterText = lazy(async () => ({ default: (await import('./filter-text.tsx')).FilterText }));

interface FilterEditorProps {
  /** `SELECT * FROM devices WHERE …`. */
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
}

const PREVIEW_DELAY_MS = 300;

/** Which devices: clicked together in rows, or written; and beneath it how many they are now. */
export function FilterEditor({ filter, onFilter }: FilterEditorProps) {
  const [isText, setText] = useState(() => parseForm(filter) === null);
  const [asked] = useDebouncedValue(filter, PREVIEW_DELAY_MS);
  const preview = useQuery({ ...groupPreviewQuery(asked), placeholderData: keepPreviousData });
  const form = parseForm(filter);
  const mistake = asked === filter ? readMistake(preview.error) : null;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <SegmentedControl
          classNames={{ label: 'segment' }}
          size="xs"
          aria-label="How the filter is written"
          value={isText ? 'text' : 'form'}
          data={[
            { value: 'form', label: 'Form', disabled: form === null },
            { value: 'text', label: 'Text' },
          ]}
          onChange={(value) => setText(value === 'text')}
        />
        <span role="status" className={classes.count} data-bad={preview.isError || undefined}>
          {countWords(preview.data?.count, preview.error)}
        </span>
      </Group>
      {isText || form === null ? (
        <Suspense>
          <FilterText filter={filter} onFilter={onFilter} mistake={mistake} />
        </Suspense>
      ) : (
        <FilterRows form={form} onForm={(next) => onFilter(formatForm(next))} />
      )}
    </Stack>
  );
}

function countWords(count: number | undefined, error: Error | null): string {
  if (error !== null) return error.message;
  return count === undefined ? '' : `${devicesText(count)} now`;
}

interface FilterRowsProps {
  readonly form: FilterForm;
  readonly onForm: (form: FilterForm) => void;
}

/** A row that has no field yet is not part of the filter: it is kept here until it has. */
function FilterRows({ form, onForm }: FilterRowsProps) {
  const fields = useFilterFields();
  const [isAdding, setAdding] = useState(form.rows.length === 0);
  const rows = isAdding ? [...form.rows, { field: '', operator: '=' as const, value: '' }] : form.rows;
  return (
    <Stack gap="xs">
      {rows.length > 1 && (
        <SegmentedControl
          classNames={{ label: 'segment' }}
          size="xs"
          className={classes.join ?? ''}
          aria-label="Which conditions must hold"
          value={form.join}
          data={[
            { value: 'AND', label: 'All of these' },
            { value: 'OR', label: 'Any of these' },
          ]}
          onChange={(join) => onForm({ ...form, join: join === 'OR' ? 'OR' : 'AND' })}
        />
      )}
      {rows.map((row, index) => (
        <FilterRowFields
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and none of them is moved.
          key={index}
          number={index + 1}
          row={row}
          fields={fields}
          onRow={(changed) => {
            if (index === form.rows.length) setAdding(false);
            onForm({ ...form, rows: rows.with(index, changed).filter(({ field }) => field !== '') });
          }}
          onRemove={() => {
            if (index === form.rows.length) setAdding(false);
            else onForm({ ...form, rows: form.rows.toSpliced(index, 1) });
          }}
        />
      ))}
      <div>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          disabled={isAdding}
          onClick={() => setAdding(true)}
        >
          Add a condition
        </Button>
      </div>
    </Stack>
  );
}
