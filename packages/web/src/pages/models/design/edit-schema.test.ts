import type { JsonObject } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { EDIT_STEPS_MAX, redo, startHistory, step, undo } from './edit-history.ts';
import {
  itemsOf,
  newSchema,
  schemaChoices,
  schemaKind,
  stateValue,
  withItem,
  withItemMoved,
  withNewState,
  withoutItem,
  withValueSchema,
} from './edit-schema.ts';

const place = { version: 2, isProperty: false, depth: 0, shared: [] };
const kinds = (at: Partial<typeof place>) =>
  schemaChoices({ ...place, ...at }).flatMap(({ kinds: some }) => some.map(({ value }) => value));

describe('a schema that is edited', () => {
  it('may be what its version of DTDL has at its place', () => {
    expect(kinds({})).toEqual(expect.arrayContaining(['double', 'array', 'map', 'geopoint', 'polygon']));
    expect(kinds({})).not.toContain('uuid');
    expect(kinds({ version: 4 })).toContain('uuid');
    expect(kinds({ isProperty: true })).not.toContain('array');
    expect(kinds({ isProperty: true, version: 3 })).toContain('array');
    expect(kinds({ depth: 5 })).not.toContain('object');
    expect(kinds({ depth: 5, version: 4 })).toContain('object');
    const shared = [{ '@id': 'dtmi:t:mode;1', displayName: 'Mode' }];
    expect(schemaChoices({ ...place, shared }).at(-1)?.kinds).toEqual([{ value: 'dtmi:t:mode;1', label: 'Mode' }]);
  });

  it('is known by its kind', () => {
    for (const kind of ['double', 'enum', 'object', 'array', 'map']) expect(schemaKind(newSchema(kind))).toBe(kind);
    expect(schemaKind('dtmi:dtdl:instance:Schema:double;2')).toBe('double');
    expect([schemaKind({ '@type': 'Spline' }), schemaKind(undefined)]).toEqual(['', '']);
  });

  it('has states of numbers or of texts', () => {
    const numbers = withNewState(newSchema('enum') as JsonObject);
    expect(itemsOf(numbers, 'enumValues')).toEqual([
      { name: 'value1', enumValue: 1 },
      { name: 'value2', enumValue: 2 },
    ]);
    const texts = withValueSchema(numbers, 'string');
    expect(itemsOf(texts, 'enumValues').map(({ enumValue }) => enumValue)).toEqual(['1', '2']);
    expect(withValueSchema(texts, 'integer')).toEqual(numbers);
    expect([stateValue('-3', numbers), stateValue('x', numbers), stateValue('3', texts)]).toEqual([-3, 'x', '3']);
  });

  it('has its items put, moved and removed', () => {
    const object = newSchema('object') as JsonObject;
    const two = withItem(object, 'fields', 1, { name: 'b', schema: 'string', 'x-acme': 1 });
    const turned = withItemMoved(two, 'fields', 1, -1);
    expect(itemsOf(turned, 'fields').map(({ name }) => name)).toEqual(['b', 'field1']);
    expect(withoutItem(turned, 'fields', 0)).toEqual(object);
    expect(withItemMoved(turned, 'fields', 1, 1)).toEqual(turned);
  });
});

describe('steps', () => {
  it('are undone and done again, so many of them, until another is made', () => {
    const three = [1, 2, 3].reduce(step, startHistory(0));
    const back = undo(undo(three));
    expect([back.present, redo(back).present, undo(undo(back)).present]).toEqual([1, 2, 0]);
    expect(redo(redo(redo(back)))).toEqual(three);
    expect(step(back, 9).future).toEqual([]);
    const many = Array.from({ length: EDIT_STEPS_MAX + 5 }, (_, index) => index).reduce(step, startHistory(-1));
    expect(many.past).toHaveLength(EDIT_STEPS_MAX);
  });
});
