import { Button, Checkbox, Fieldset, Group, NumberInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { type JsonObject, type ModelFault, unitsOf } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import classes from '../models.module.css';
import { isName, isObject, localText, nameCharactersMax, textOf, withLocalText, withMember } from './dtdl.ts';
import {
  CAPABILITY_KINDS,
  type CapabilityKind,
  kindOf,
  meaningOf,
  withHint,
  withKind,
  withSchema,
} from './edit-element.ts';
import { isNumeric } from './edit-schema.ts';
import { FaultLines } from './fault-lines.tsx';
import { InterfaceField } from './interface-field.tsx';
import { MeasureFields } from './measure-fields.tsx';
import { SchemaFields } from './schema-fields.tsx';

export const KIND_WORDS: Readonly<Record<CapabilityKind, string>> = {
  telemetry: 'Telemetry',
  property: 'Property',
  cloudProperty: 'Cloud property',
  command: 'Command',
  component: 'Component',
};

interface ElementFormProps {
  readonly initial: JsonObject;
  /** Names of the others. */
  readonly taken: readonly string[];
  /** Components have no components, and no cloud properties. */
  readonly isOfComponent: boolean;
  readonly version: number;
  readonly shared: readonly JsonObject[];
  readonly action: string;
  /** Of the element as it is in the form now. */
  readonly faults: readonly ModelFault[];
  readonly onChange: (element: JsonObject) => void;
  readonly onSubmit: (element: JsonObject) => void;
  readonly onCancel: () => void;
}

/** One capability: what it is, what it is called, what it holds. What the form does not show stays as it is. */
export function ElementForm(props: ElementFormProps) {
  const { initial, taken, isOfComponent, version, action, faults, onChange, onSubmit, onCancel } = props;
  const [element, setElement] = useState(initial);
  const change = (next: JsonObject) => {
    setElement(next);
    onChange(next);
  };
  const name = textOf(element.name);
  const mistake = nameMistake(name.trim(), taken, version);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (mistake === null) onSubmit({ ...element, name: name.trim() });
  };
  const kinds = CAPABILITY_KINDS.filter((kind) => !isOfComponent || (kind !== 'component' && kind !== 'cloudProperty'));
  return (
    <form onSubmit={submit} aria-label={action}>
      <Stack gap="sm">
        <div className={classes.form}>
          <Select
            label="Kind"
            description="What it is to the device"
            data={kinds.map((kind) => ({ value: kind, label: KIND_WORDS[kind] }))}
            value={kindOf(element)}
            allowDeselect={false}
            onChange={(kind) => change(withKind(element, (kind ?? 'telemetry') as CapabilityKind))}
          />
          <TextInput
            label="Name"
            description="As the device writes it"
            value={name}
            error={name === '' ? null : mistake}
            onChange={(event) => change({ ...element, name: event.currentTarget.value })}
            data-autofocus
          />
          <TextInput
            label="Display name"
            description="As people read it"
            value={localText(element.displayName)}
            maxLength={nameCharactersMax(version)}
            onChange={(event) => change(withLocalText(element, 'displayName', event.currentTarget.value))}
          />
        </div>
        <KindFields {...props} element={element} change={change} />
        <Textarea
          label="Description"
          autosize
          minRows={1}
          maxLength={512}
          value={localText(element.description)}
          onChange={(event) => change(withLocalText(element, 'description', event.currentTarget.value))}
        />
        <FaultLines faults={faults} />
        <Group justify="flex-end">
          <Button size="xs" variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button size="xs" type="submit" disabled={mistake !== null}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface KindFieldsProps extends ElementFormProps {
  readonly element: JsonObject;
  readonly change: (element: JsonObject) => void;
}

function KindFields(props: KindFieldsProps) {
  const { element, version, shared, change } = props;
  const kind = kindOf(element);
  if (kind === 'component') return <ComponentFields {...props} />;
  if (kind === 'command') return <CommandFields {...props} />;
  const isProperty = kind !== 'telemetry';
  return (
    <>
      <div className={classes.form}>
        <SchemaFields
          label="Holds"
          schema={element.schema}
          place={{ version, isProperty, depth: 0, shared }}
          onSchema={(schema) => change(withSchema(element, schema))}
        />
        <MeasureFields element={element} version={version} onElement={change} />
      </div>
      {kind === 'property' && (
        <Checkbox
          label="Can be set from here"
          checked={element.writable === true}
          onChange={(event) => change(withMember(element, 'writable', event.currentTarget.checked || undefined))}
        />
      )}
      {isNumeric(element.schema) && <HintFields element={element} version={version} change={change} />}
    </>
  );
}

type HintFieldsProps = Pick<KindFieldsProps, 'element' | 'version' | 'change'>;

/** How a number is drawn; nothing of it goes to the device. */
function HintFields({ element, version, change }: HintFieldsProps) {
  const units = unitsOf(meaningOf(element), version);
  const numbers = [
    ['minValue', 'Smallest'],
    ['maxValue', 'Largest'],
    ['decimalPlaces', 'Decimal places'],
  ] as const;
  return (
    <details>
      <summary>How it is shown</summary>
      <div className={classes.form}>
        {numbers.map(([member, label]) => (
          <NumberInput
            key={member}
            label={label}
            value={typeof element[member] === 'number' ? element[member] : ''}
            {...(member === 'decimalPlaces' ? { min: 0, max: 20, allowDecimal: false } : {})}
            onChange={(value) => change(withHint(element, member, typeof value === 'number' ? value : undefined))}
          />
        ))}
        <TextInput
          label="Colour"
          placeholder="#2a9d8f"
          value={textOf(element.color)}
          maxLength={7}
          onChange={(event) => change(withHint(element, 'color', event.currentTarget.value || undefined))}
        />
        {units.length > 1 && (
          <Select
            label="Display unit"
            placeholder="As the device sends it"
            searchable
            clearable
            data={units}
            value={textOf(element.displayUnit) || null}
            onChange={(unit) => change(withHint(element, 'displayUnit', unit ?? undefined))}
          />
        )}
      </div>
    </details>
  );
}

function ComponentFields({ element, change }: KindFieldsProps) {
  const { schema } = element;
  const isInline = isObject(schema);
  const modelId = textOf(isInline ? schema['@id'] : schema);
  const [given, setGiven] = useState(modelId);
  return (
    <InterfaceField
      label="Interface"
      description={
        isInline
          ? 'Written in this model; another identifier makes it another interface'
          : 'Of a template or a models folder; empty for a new one'
      }
      value={given}
      onValue={(value) => {
        setGiven(value);
        // What is written out stays while its own identifier stands there.
        change({ ...element, schema: isInline && value === modelId ? schema : value.trim() });
      }}
    />
  );
}

function CommandFields({ element, version, shared, change }: KindFieldsProps) {
  return (
    <>
      <Checkbox
        label="Waits for a device that is away"
        description="It is queued, and has no answer"
        checked={element.durable === true}
        onChange={(event) => change(withMember(element, 'durable', event.currentTarget.checked || undefined))}
      />
      {(['request', 'response'] as const).map((member) => (
        <PayloadFields
          key={member}
          member={member}
          payload={isObject(element[member]) ? element[member] : null}
          version={version}
          shared={shared}
          onPayload={(payload) => change(withMember(element, member, payload ?? undefined))}
        />
      ))}
    </>
  );
}

interface PayloadFieldsProps {
  readonly member: 'request' | 'response';
  readonly payload: JsonObject | null;
  readonly version: number;
  readonly shared: readonly JsonObject[];
  readonly onPayload: (payload: JsonObject | null) => void;
}

/** What a command takes or gives. What was taken away comes back as it was while the form is open. */
function PayloadFields({ member, payload, version, shared, onPayload }: PayloadFieldsProps) {
  const [last, setLast] = useState<JsonObject>(payload ?? { name: member, schema: 'double' });
  const put = (next: JsonObject) => {
    setLast(next);
    onPayload(next);
  };
  const words = member === 'request' ? 'Takes a request' : 'Gives a response';
  const base = member === 'request' ? 'CommandRequest' : 'CommandResponse';
  return (
    <Fieldset
      legend={
        <Checkbox
          label={words}
          checked={payload !== null}
          onChange={(event) => onPayload(event.currentTarget.checked ? last : null)}
        />
      }
      className={classes.nested}
    >
      {payload !== null && (
        <div className={classes.form}>
          <TextInput
            label={`Name of the ${member}`}
            value={textOf(payload.name)}
            error={isName(textOf(payload.name), version) ? null : 'Letters, digits and _'}
            onChange={(event) => put({ ...payload, name: event.currentTarget.value })}
          />
          <TextInput
            label="Shown as"
            value={localText(payload.displayName)}
            onChange={(event) => put(withLocalText(payload, 'displayName', event.currentTarget.value))}
          />
          <SchemaFields
            label={member === 'request' ? 'The request is' : 'The response is'}
            schema={payload.schema}
            place={{ version, isProperty: false, depth: 0, shared }}
            onSchema={(schema) => put({ ...payload, schema })}
          />
          {version > 2 && isNumeric(payload.schema) && (
            <MeasureFields element={payload} version={version} base={base} onElement={put} />
          )}
        </div>
      )}
    </Fieldset>
  );
}

function nameMistake(name: string, taken: readonly string[], version: number): string | null {
  if (!isName(name, version))
    return `Letters, digits and _, beginning with a letter; at most ${nameCharactersMax(version)}`;
  return taken.includes(name) ? 'Another capability has this name' : null;
}
