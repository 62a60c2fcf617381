import { Button, Fieldset, Select, Stack, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { JsonObject } from '@viaduct/contracts';
import classes from '../models.module.css';
import { isName, isObject, localText, textOf, withLocalText } from './dtdl.ts';
import {
  freeName,
  isNumeric,
  itemsOf,
  newSchema,
  type SchemaPlace,
  schemaChoices,
  schemaKind,
  stateValue,
  withItem,
  withItemMoved,
  withNewState,
  withoutItem,
  withValueSchema,
} from './edit-schema.ts';
import { ItemButtons } from './item-buttons.tsx';
import { MeasureFields } from './measure-fields.tsx';

interface SchemaFieldsProps {
  readonly label: string;
  readonly schema: unknown;
  readonly place: SchemaPlace;
  readonly onSchema: (schema: unknown) => void;
}

/** What a value may be: a kind, and what that is made of, as deep as DTDL has it. */
export function SchemaFields({ label, schema, place, onSchema }: SchemaFieldsProps) {
  const kind = schemaKind(schema);
  const groups = schemaChoices(place).map(({ group, kinds }) => ({ group, items: [...kinds] }));
  const isOffered = groups.some(({ items }) => items.some(({ value }) => value === kind));
  const other = { group: 'As it is', items: [{ value: kind, label: kind === '' ? 'as it is in JSON' : kind }] };
  return (
    <>
      <Select
        label={label}
        searchable
        data={isOffered ? groups : [other, ...groups]}
        value={kind}
        allowDeselect={false}
        onChange={(chosen) => chosen !== null && chosen !== kind && onSchema(newSchema(chosen))}
      />
      {isObject(schema) && (
        <ComplexFields schema={schema} place={{ ...place, depth: place.depth + 1 }} onSchema={onSchema} />
      )}
    </>
  );
}

interface ComplexFieldsProps {
  readonly schema: JsonObject;
  readonly place: SchemaPlace;
  readonly onSchema: (schema: JsonObject) => void;
}

function ComplexFields(props: ComplexFieldsProps) {
  const { schema, place, onSchema } = props;
  switch (schemaKind(schema)) {
    case 'enum':
      return <States {...props} />;
    case 'object':
      return <Members {...props} />;
    case 'array':
      return (
        <Fieldset legend="Each of the list" className={classes.nested}>
          <SchemaFields
            label="Is"
            schema={schema.elementSchema}
            place={place}
            onSchema={(elementSchema) => onSchema({ ...schema, elementSchema })}
          />
        </Fieldset>
      );
    case 'map':
      return <MapFields {...props} />;
    default:
      return null;
  }
}

function Members({ schema, place, onSchema }: ComplexFieldsProps) {
  const fields = itemsOf(schema, 'fields');
  const put = (index: number, field: JsonObject) => onSchema(withItem(schema, 'fields', index, field));
  return (
    <Fieldset legend="Fields" className={classes.nested}>
      <Stack gap="sm">
        {fields.map((field, index) => (
          <div key={keyAt(index)} className={classes.item}>
            <div className={classes.form}>
              <TextInput
                label="Field"
                value={textOf(field.name)}
                error={isName(textOf(field.name), place.version) ? null : 'Letters, digits and _'}
                onChange={(event) => put(index, { ...field, name: event.currentTarget.value })}
              />
              <TextInput
                label="Shown as"
                value={localText(field.displayName)}
                onChange={(event) => put(index, withLocalText(field, 'displayName', event.currentTarget.value))}
              />
              <SchemaFields
                label="Is"
                schema={field.schema}
                place={place}
                onSchema={(inner) => put(index, { ...field, schema: inner })}
              />
              {place.version > 2 && isNumeric(field.schema) && (
                <MeasureFields
                  element={field}
                  version={place.version}
                  base="Field"
                  onElement={(changed) => put(index, changed)}
                />
              )}
            </div>
            <ItemButtons
              name={textOf(field.name) || `field ${index + 1}`}
              isFirst={index === 0}
              isLast={index === fields.length - 1}
              onMove={(by) => onSchema(withItemMoved(schema, 'fields', index, by))}
              onRemove={() => onSchema(withoutItem(schema, 'fields', index))}
            />
          </div>
        ))}
        <AddButton
          text="Add field"
          onClick={() => put(fields.length, { name: freeName(fields, 'field'), schema: 'double' })}
        />
      </Stack>
    </Fieldset>
  );
}

function States({ schema, place, onSchema }: ComplexFieldsProps) {
  const values = itemsOf(schema, 'enumValues');
  const put = (index: number, value: JsonObject) => onSchema(withItem(schema, 'enumValues', index, value));
  return (
    <Fieldset legend="States" className={classes.nested}>
      <Stack gap="sm">
        <Select
          label="Values are"
          data={[
            { value: 'integer', label: 'numbers' },
            { value: 'string', label: 'texts' },
          ]}
          value={textOf(schema.valueSchema)}
          allowDeselect={false}
          onChange={(chosen) => onSchema(withValueSchema(schema, chosen === 'string' ? 'string' : 'integer'))}
        />
        {values.map((value, index) => (
          <div key={keyAt(index)} className={classes.item}>
            <div className={classes.form}>
              <TextInput
                label="State"
                value={textOf(value.name)}
                error={isName(textOf(value.name), place.version) ? null : 'Letters, digits and _'}
                onChange={(event) => put(index, { ...value, name: event.currentTarget.value })}
              />
              <TextInput
                label="Value"
                value={String(value.enumValue ?? '')}
                onChange={(event) => put(index, { ...value, enumValue: stateValue(event.currentTarget.value, schema) })}
              />
              <TextInput
                label="Shown as"
                value={localText(value.displayName)}
                onChange={(event) => put(index, withLocalText(value, 'displayName', event.currentTarget.value))}
              />
            </div>
            <ItemButtons
              name={textOf(value.name) || `state ${index + 1}`}
              isFirst={index === 0}
              isLast={index === values.length - 1}
              onMove={(by) => onSchema(withItemMoved(schema, 'enumValues', index, by))}
              onRemove={() => onSchema(withoutItem(schema, 'enumValues', index))}
            />
          </div>
        ))}
        <AddButton text="Add state" onClick={() => onSchema(withNewState(schema))} />
      </Stack>
    </Fieldset>
  );
}

function MapFields({ schema, place, onSchema }: ComplexFieldsProps) {
  const mapKey = isObject(schema.mapKey) ? schema.mapKey : {};
  const mapValue = isObject(schema.mapValue) ? schema.mapValue : {};
  const putValue = (value: JsonObject) => onSchema({ ...schema, mapValue: value });
  return (
    <Fieldset legend="Keys and their values" className={classes.nested}>
      <div className={classes.form}>
        <TextInput
          label="Name of a key"
          value={textOf(mapKey.name)}
          error={isName(textOf(mapKey.name), place.version) ? null : 'Letters, digits and _'}
          onChange={(event) =>
            onSchema({ ...schema, mapKey: { schema: 'string', ...mapKey, name: event.currentTarget.value } })
          }
        />
        <TextInput
          label="Name of a value"
          value={textOf(mapValue.name)}
          error={isName(textOf(mapValue.name), place.version) ? null : 'Letters, digits and _'}
          onChange={(event) => putValue({ ...mapValue, name: event.currentTarget.value })}
        />
        <SchemaFields
          label="A value is"
          schema={mapValue.schema}
          place={place}
          onSchema={(inner) => putValue({ ...mapValue, schema: inner })}
        />
        {place.version > 2 && isNumeric(mapValue.schema) && (
          <MeasureFields element={mapValue} version={place.version} base="MapValue" onElement={putValue} />
        )}
      </div>
    </Fieldset>
  );
}

function AddButton({ text, onClick }: { readonly text: string; readonly onClick: () => void }) {
  return (
    <div>
      <Button size="compact-xs" variant="default" leftSection={<IconPlus size={14} />} onClick={onClick}>
        {text}
      </Button>
    </div>
  );
}

/** Items have no identity but their place: a name changes with each key that is typed. */
function keyAt(index: number): string {
  return `item ${index}`;
}
