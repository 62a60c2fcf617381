import { describe, expect, it } from 'vitest';
import { chosenColumns, FIRST_COLUMNS, offeredColumns, propertyPaths } from './device-columns.ts';

const OFFERED = offeredColumns([
  { path: 'state', displayName: null, unit: null },
  { path: 'thermostat.target', displayName: 'Target', unit: '°C' },
]);

describe('columns of the devices table', () => {
  it('offers our own and the properties, and confuses none', () => {
    const titles = chosenColumns([...FIRST_COLUMNS, '.state', '.thermostat.target'], OFFERED).map(({ title }) => title);
    expect(titles).toEqual(['Id', 'State', 'Model', 'Last seen', 'state', 'Target (°C)']);
  });

  it('keeps a chosen property that no device has any more', () => {
    const columns = chosenColumns(['.gone', 'nonsense', 'state'], OFFERED);
    expect(columns.map(({ id }) => id)).toEqual(['state', '.gone']);
    expect(propertyPaths(columns)).toEqual(['gone']);
  });
});
