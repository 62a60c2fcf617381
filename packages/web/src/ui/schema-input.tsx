import { Fieldset, NativeSelect, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import type { FieldHints, ModelField, ModelSchema } from '@viaduct/contracts';
import type { Draft, DraftResult } from '../model/schema-form.ts';
import { MapInput } from './map-input.tsx';
import { SliderInput } from './slider-input.tsx';

interface SchemaInputProps {
  readonly label: string;
  readonly description?: string | null;
  readonly unit?: string | null;
  readonly schema: ModelSchema;
  /** A number with both ends is a slider. */
  readonly hints?: FieldHints | undefined;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  /** What is wrong and where; shown at the input it concerns. */
  readonly problem: Extract<DraftResult, { ok: false }> | null;
  readonly path?: readonly string[];
}

const INPUT_TYPES = { dateTime: 'datetime-local', date: 'date', time: 'time' } as const;
const HINTS = { duration: 'PT1H30M', array: '[1, 2]' } as const;

/** The input a schema asks for; an object is a group of them. */
export function SchemaInput(props: SchemaInputProps) {
  const { label, description = null, unit = null, schema, hints, draft, onDraft, problem, path = [] } = props;
  const isHere = problem !== null && problem.path.join('/') === path.join('/');
  const text = typeof draft === 'string' ? draft : '';
  const shared = {
    label: unit === null ? label : `${label} (${unit})`,
    description,
    error: isHere ? problem.message : null,
    value: text,
  };
  switch (schema.kind) {
    case 'boolean':
      return (
        <Switch
          label={label}
          description={description}
          checked={draft === true}
          onChange={(event) => onDraft(event.currentTarget.checked)}
        />
      );
    case 'object':
      return <ObjectInput {...props} fields={schema.fields} path={path} />;
    case 'enum': {
      const choices = schema.values.map((choice) => ({
        value: String(choice.value),
        label: choice.displayName || choice.name,
      }));
      return (
        <NativeSelect
          {...shared}
          data={[{ value: '', label: 'Choose…' }, ...choices]}
          onChange={(event) => onDraft(event.currentTarget.value)}
        />
      );
    }
    case 'map':
      return (
        <MapInput
          {...{ label, description, draft, onDraft }}
          empty={schema.value.kind === 'boolean' ? false : ''}
          renderValue={(row, inner, onInner) => (
            <SchemaInput
              {...{ label: 'Value', unit, schema: schema.value, draft: inner, onDraft: onInner, problem }}
              path={[...path, row]}
            />
          )}
        />
      );
    case 'array':
      return (
        <Textarea
          {...shared}
          autosize
          minRows={2}
          maxRows={12}
          placeholder={HINTS[schema.kind]}
          classNames={{ input: 'mono' }}
          onChange={(event) => onDraft(event.currentTarget.value)}
        />
      );
    case 'number':
    case 'integer':
      if (hints?.min !== undefined && hints.max !== undefined && hints.min < hints.max) {
        const ends = { min: hints.min, max: hints.max };
        return <SliderInput {...shared} {...ends} isWhole={schema.kind === 'integer'} onText={onDraft} />;
      }
      return (
        <TextInput
          {...shared}
          inputMode={schema.kind === 'integer' ? 'numeric' : 'decimal'}
          onChange={(event) => onDraft(event.currentTarget.value)}
        />
      );
    case 'dateTime':
    case 'date':
    case 'time':
      return (
        <TextInput
          {...shared}
          type={INPUT_TYPES[schema.kind]}
          step={1}
          onChange={(event) => onDraft(event.currentTarget.value)}
        />
      );
    case 'duration':
    case 'string':
      return (
        <TextInput
          {...shared}
          placeholder={schema.kind === 'duration' ? HINTS.duration : ''}
          onChange={(event) => onDraft(event.currentTarget.value)}
        />
      );
    default:
      return schema satisfies never;
  }
}

interface ObjectInputProps extends SchemaInputProps {
  readonly fields: readonly ModelField[];
  readonly path: readonly string[];
}

function ObjectInput({ label, fields, draft, onDraft, problem, path }: ObjectInputProps) {
  const inner = typeof draft === 'object' ? draft : {};
  const inputs = (
    <Stack gap="xs">
      {fields.map((field) => (
        <SchemaInput
          key={field.name}
          label={field.displayName || field.name}
          description={field.description}
          unit={field.unit}
          schema={field.schema}
          hints={field.hints}
          draft={inner[field.name] ?? ''}
          onDraft={(changed) => onDraft({ ...inner, [field.name]: changed })}
          problem={problem}
          path={[...path, field.name]}
        />
      ))}
    </Stack>
  );
  // The outermost object stands under a heading already.
  return path.length === 0 ? inputs : <Fieldset legend={label}>{inputs}</Fieldset>;
}
