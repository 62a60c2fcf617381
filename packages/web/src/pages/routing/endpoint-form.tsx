import { Button, Group, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { type EndpointInput, LIMITS } from '@viaduct/contracts';
import { type FormEvent, type ReactNode, useState } from 'react';
import { LabelledJson } from '../../editor/labelled-json.tsx';
import { type Pairs, PairsField } from '../../ui/pairs-field.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import {
  type EndpointDraft,
  endpointConfiguration,
  endpointDraft,
  fieldsShown,
  isKept,
  missingField,
} from './endpoint-draft.ts';
import { ENDPOINT_KINDS, type EndpointField } from './endpoint-fields.ts';
import classes from './routing.module.css';
import { isRoutingName } from './routing-words.ts';

interface EndpointFormProps {
  readonly initial: EndpointInput;
  readonly isNew: boolean;
  /** Names that are taken. */
  readonly names: readonly string[];
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onSubmit: (endpoint: EndpointInput) => void;
  readonly cancel: ReactNode;
}

/** The fields of its kind. A kind that this page does not know is edited as the JSON it is. */
export function EndpointForm(props: EndpointFormProps) {
  const { initial, isNew, names, error, isPending, onSubmit, cancel } = props;
  const fields = ENDPOINT_KINDS[initial.kind]?.fields ?? null;
  const [name, setName] = useState(initial.name);
  const [draft, setDraft] = useState<EndpointDraft>(() => endpointDraft(fields ?? [], initial.configuration));
  const [json, setJson] = useState(() => JSON.stringify(initial.configuration, null, 2));
  const configuration = fields === null ? parsed(json) : endpointConfiguration(fields, draft);
  const missing = fields === null ? undefined : missingField(fields, draft);
  const isNameFree = !isNew || !names.includes(name.toLowerCase());
  const isReady = isRoutingName(name) && isNameFree && configuration !== undefined && missing === undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onSubmit({ ...initial, name, configuration: { kind: initial.kind, ...configuration } });
  };
  return (
    <form onSubmit={submit} noValidate className={`card ${classes.form} ${classes.endpointForm}`}>
      {error !== null && <ProblemAlert error={error} />}
      {isNew && (
        <TextInput
          label="Name"
          description="What routes call it; it stays for ever."
          spellCheck={false}
          maxLength={LIMITS.ROUTING_NAME_CHARACTERS_MAX}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={nameError(name, isNameFree)}
        />
      )}
      {fields === null ? (
        <LabelledJson label="Configuration" description="As the server has it." tall text={json} onText={setJson} />
      ) : (
        fieldsShown(fields, draft).map((field) => (
          <Field
            key={field.path}
            field={field}
            typed={draft[field.path] ?? ''}
            onTyped={(typed) => setDraft((old) => ({ ...old, [field.path]: typed }))}
          />
        ))
      )}
      <Group justify="flex-end">
        {cancel}
        <Button type="submit" disabled={!isReady} loading={isPending}>
          {isNew ? 'Add endpoint' : 'Save'}
        </Button>
      </Group>
    </form>
  );
}

function nameError(name: string, isFree: boolean): string | null {
  if (name === '') return null;
  if (!isRoutingName(name)) return 'Only A-Z a-z 0-9 and . _ -';
  return isFree ? null : 'There is an endpoint of this name already';
}

function parsed(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // The parser's only way to say "not JSON".
  }
}

interface FieldProps {
  readonly field: EndpointField;
  readonly typed: string | boolean | Pairs;
  readonly onTyped: (typed: string | boolean | Pairs) => void;
}

function Field({ field, typed, onTyped }: FieldProps) {
  const { type, label, hint, description, options = [] } = field;
  const common = { label, description, spellCheck: false };
  switch (type) {
    case 'flag':
      return (
        <Switch
          label={label}
          description={description}
          checked={typed === true}
          onChange={(event) => onTyped(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <Select
          label={label}
          description={description}
          allowDeselect={false}
          data={options.map(([value, word]) => ({ value, label: word }))}
          value={String(typed)}
          onChange={(value) => onTyped(value ?? '')}
        />
      );
    case 'secret':
      return <SecretField field={field} typed={String(typed)} onTyped={onTyped} />;
    case 'lines':
    case 'pem':
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          maxRows={8}
          placeholder={hint}
          classNames={{ input: 'mono' }}
          value={String(typed)}
          onChange={(event) => onTyped(event.currentTarget.value)}
        />
      );
    case 'pairs':
      return (
        <PairsField
          label={label}
          description={description ?? ''}
          noun="header"
          pairs={typed as Pairs}
          onPairs={onTyped}
        />
      );
    case 'text':
    case 'number':
      return (
        <TextInput
          {...common}
          placeholder={hint}
          value={String(typed)}
          onChange={(event) => onTyped(event.currentTarget.value)}
        />
      );
    default:
      return type satisfies never;
  }
}

/** Sent once, never shown: what is there stays unless somebody types another. */
function SecretField({ field: { label, description }, typed, onTyped }: FieldProps & { readonly typed: string }) {
  const [former] = useState(typed);
  return (
    <PasswordInput
      label={label}
      description={isKept(former) ? 'One is kept, and not shown. Type another to replace it.' : description}
      placeholder={isKept(former) ? 'stays as it is' : undefined}
      autoComplete="off"
      value={isKept(typed) ? '' : typed}
      onChange={(event) => onTyped(event.currentTarget.value === '' ? former : event.currentTarget.value)}
    />
  );
}
