import { ActionIcon, Select, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { templateChoicesQuery } from '../api/template-choices.ts';
import classes from './device-filter.module.css';
import { FILTER_OPERATORS, type FilterRow } from './filter-form.ts';
import type { FilterField } from './use-filter-fields.ts';

interface FilterRowFieldsProps {
  readonly row: FilterRow;
  readonly number: number;
  readonly fields: readonly FilterField[];
  readonly onRow: (row: FilterRow) => void;
  readonly onRemove: () => void;
}

const OPERATOR_WORDS: Readonly<Record<FilterRow['operator'], string>> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
  contains: 'contains',
  'is null': 'is missing',
  'is not null': 'is there',
};

/** Field, operator and value; which operators and values make sense, the field says. */
export function FilterRowFields({ row, number, fields, onRow, onRemove }: FilterRowFieldsProps) {
  const kind = fields.find(({ field }) => field === row.field)?.kind ?? 'any';
  const operators = kind === 'truth' ? (['=', '!='] as const) : FILTER_OPERATORS;
  const known = fields.map(({ field, title }) => ({ value: field, label: title }));
  const isKnown = row.field === '' || fields.some(({ field }) => field === row.field);
  return (
    <div className={classes.row}>
      <Select
        aria-label={`Field ${number}`}
        placeholder="Field"
        searchable
        data={isKnown ? known : [...known, { value: row.field, label: row.field }]}
        value={row.field === '' ? null : row.field}
        onChange={(field) => field !== null && onRow(firstOf(field, fields))}
      />
      <Select
        aria-label={`Operator ${number}`}
        allowDeselect={false}
        data={operators.map((operator) => ({ value: operator, label: OPERATOR_WORDS[operator] }))}
        value={row.operator}
        onChange={(value) =>
          onRow({ ...row, operator: FILTER_OPERATORS.find((operator) => operator === value) ?? row.operator })
        }
      />
      {row.operator === 'is null' || row.operator === 'is not null' ? (
        <span />
      ) : (
        <ValueField kind={kind} row={row} number={number} onRow={onRow} />
      )}
      <ActionIcon variant="subtle" color="gray" aria-label={`Remove condition ${number}`} onClick={onRemove}>
        <IconX size={16} />
      </ActionIcon>
    </div>
  );
}

interface ValueFieldProps extends Pick<FilterRowFieldsProps, 'row' | 'number' | 'onRow'> {
  readonly kind: FilterField['kind'];
}

function ValueField({ kind, row, number, onRow }: ValueFieldProps) {
  const templates = useQuery({ ...templateChoicesQuery, enabled: kind === 'template' });
  const label = `Value ${number}`;
  if (kind === 'truth' || (kind === 'template' && row.operator !== 'contains')) {
    const data =
      kind === 'truth'
        ? [
            { value: 'true', label: 'yes' },
            { value: 'false', label: 'no' },
          ]
        : (templates.data ?? []).map(({ templateId, displayName }) => ({ value: templateId, label: displayName }));
    const isKnown = data.some(({ value }) => value === row.value) || row.value === '';
    return (
      <Select
        aria-label={label}
        searchable={kind === 'template'}
        allowDeselect={false}
        data={isKnown ? data : [...data, { value: row.value, label: row.value }]}
        value={row.value === '' ? null : row.value}
        onChange={(value) => onRow({ ...row, value: value ?? '' })}
      />
    );
  }
  return (
    <TextInput
      aria-label={label}
      placeholder="Value"
      spellCheck={false}
      value={row.value}
      onChange={(event) => onRow({ ...row, value: event.currentTarget.value })}
    />
  );
}

/** Another field begins with what is most likely meant. */
function firstOf(field: string, fields: readonly FilterField[]): FilterRow {
  const kind = fields.find((one) => one.field === field)?.kind;
  return { field, operator: '=', value: kind === 'truth' ? 'true' : '' };
}
