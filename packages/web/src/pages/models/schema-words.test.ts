import { describe, expect, it } from 'vitest';
import { fieldWords, schemaWords } from './schema-words.ts';

const field = { name: 'a', displayName: 'A', description: null, component: null, semanticType: null, unit: null };
const values = [{ name: 'on', value: 1, displayName: 'On' }];

describe('schemaWords', () => {
  it('says what a value may be', () => {
    expect(schemaWords({ kind: 'array', element: { kind: 'map', value: { kind: 'string' } } })).toBe(
      'list of map of text',
    );
    expect(schemaWords({ kind: 'object', fields: [], named: 'geopoint' })).toBe('geopoint');
    expect(fieldWords({ ...field, schema: { kind: 'number' }, unit: '°C' })).toBe('number, °C');
    expect(fieldWords({ ...field, schema: { kind: 'enum', values }, role: 'state' })).toBe('state of On');
    expect(fieldWords({ ...field, schema: { kind: 'string' }, role: 'event' })).toBe('event');
  });
});
