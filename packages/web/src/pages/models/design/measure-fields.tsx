import { Select } from '@mantine/core';
import { type JsonObject, unitsOf } from '@viaduct/contracts';
import { textOf, withMember } from './dtdl.ts';
import { meaningOf, meaningsFor, withMeaning } from './edit-element.ts';

interface MeasureFieldsProps {
  readonly element: JsonObject;
  readonly version: number;
  /** The type of an element that has none: `Field`. */
  readonly base?: string;
  readonly onElement: (element: JsonObject) => void;
}

/** What a value means, and in which unit: only what goes together can be chosen. Nothing, where nothing can. */
export function MeasureFields({ element, version, base = 'Telemetry', onElement }: MeasureFieldsProps) {
  const meaning = meaningOf(element);
  const { roles, types } = meaningsFor(element, version);
  if (roles.length + types.length === 0 && meaning === '') return null;
  const known = unitsOf(meaning, version);
  const unit = textOf(element.unit);
  const units = unit === '' || known.includes(unit) ? known : [...known, unit];
  const isOther = meaning !== '' && !roles.includes(meaning) && !types.includes(meaning);
  const groups = [
    { group: 'As it is', items: isOther ? [meaning] : [] },
    { group: 'What it stands for', items: [...roles] },
    { group: 'What is measured', items: [...types] },
  ];
  return (
    <>
      <Select
        label="Semantic type"
        placeholder="None"
        searchable
        clearable
        data={groups.filter(({ items }) => items.length > 0)}
        value={meaning === '' ? null : meaning}
        onChange={(chosen) => onElement(withMeaning(element, chosen ?? '', version, base))}
      />
      {units.length > 0 && (
        <Select
          label="Unit"
          description="What the device sends"
          placeholder="Choose one"
          searchable
          clearable
          data={units}
          value={unit === '' ? null : unit}
          onChange={(chosen) => onElement(withMember(element, 'unit', chosen ?? undefined))}
        />
      )}
      {meaning === 'Event' && (
        <Select
          label="Severity"
          placeholder="None"
          clearable
          data={['Information', 'Warning', 'Error']}
          value={textOf(element.severity) || null}
          onChange={(chosen) => onElement(withMember(element, 'severity', chosen ?? undefined))}
        />
      )}
    </>
  );
}
