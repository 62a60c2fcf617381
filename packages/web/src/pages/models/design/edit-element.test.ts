import type { JsonObject } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { withLocalText } from './dtdl.ts';
import {
  isForeign,
  kindOf,
  meaningOf,
  meaningsFor,
  NEW_CAPABILITY,
  withHint,
  withKind,
  withMeaning,
  withSchema,
} from './edit-element.ts';
import { newSchema } from './edit-schema.ts';

const foreign = {
  '@id': 'dtmi:a:b;1',
  '@type': ['Telemetry', 'Acme'],
  name: 't',
  schema: 'double',
  bands: 3,
  comment: 'kept',
};

describe('a capability that is edited', () => {
  it('is of a kind, with the members of that kind and those of others that nobody here knows', () => {
    const hot = { ...NEW_CAPABILITY, '@type': ['Telemetry', 'Temperature'], unit: 'kelvin' };
    expect(withKind(hot, 'property')).toEqual({ ...hot, '@type': ['Property', 'Temperature'] });
    expect(withKind(hot, 'command')).toEqual({ '@type': 'Command', name: '' });
    expect(withKind(withKind(hot, 'command'), 'telemetry')).toEqual(NEW_CAPABILITY);
    expect(withKind(foreign, 'cloudProperty')).toEqual({ ...foreign, '@type': ['Property', 'Cloud', 'Acme'] });
    expect(kindOf(withKind(foreign, 'component'))).toBe('component');
    expect(withKind({ '@type': 'Property', name: 'p', schema: 'double', writable: true }, 'telemetry')).toEqual({
      '@type': 'Telemetry',
      name: 'p',
      schema: 'double',
    });
    expect(isForeign({ '@type': 'Relationship', name: 'r' })).toBe(true);
    expect(isForeign({})).toBe(true);
  });

  it('means what its schema can mean', () => {
    const state = withSchema(NEW_CAPABILITY, newSchema('enum'));
    expect(state['@type']).toEqual(['Telemetry', 'State']);
    expect(withSchema(state, 'string')['@type']).toBe('Telemetry');
    const hot = withMeaning(NEW_CAPABILITY, 'Temperature', 2);
    expect(hot).toEqual({ ...NEW_CAPABILITY, '@type': ['Telemetry', 'Temperature'] });
    const warm = { ...hot, unit: 'kelvin', displayUnit: 'degreeCelsius' };
    expect(withSchema(warm, 'integer')).toEqual({ ...warm, schema: 'integer' });
    expect(withSchema(warm, 'string')).toEqual({ ...NEW_CAPABILITY, schema: 'string' });
    expect(withMeaning(warm, 'Pressure', 2)).toEqual({ ...NEW_CAPABILITY, '@type': ['Telemetry', 'Pressure'] });
    expect(withMeaning(NEW_CAPABILITY, 'Torque', 2).unit).toBe('newtonMetre');
    const place = withMeaning(withSchema(NEW_CAPABILITY, 'geopoint'), 'Location', 2);
    expect(place['@type']).toEqual(['Telemetry', 'Location']);
    expect(withSchema(place, 'double')['@type']).toBe('Telemetry');
    const alarm = { ...withMeaning(NEW_CAPABILITY, 'Event', 2), severity: 'Error' };
    expect(withMeaning(alarm, '', 2)).toEqual(NEW_CAPABILITY);
    expect(meaningsFor({ ...NEW_CAPABILITY, schema: 'vector' }, 2)).toEqual({
      roles: ['AccelerationVector', 'VelocityVector'],
      types: [],
    });
    expect(meaningsFor({ '@type': 'Property', schema: 'geopoint' }, 2)).toEqual({ roles: [], types: [] });
  });

  it('keeps what no form shows', () => {
    expect(meaningOf(foreign)).toBe('Acme');
    expect(withSchema(foreign, 'string')).toEqual({ ...foreign, schema: 'string' });
    const both = { '@type': ['Telemetry', 'NumberValue', 'Temperature', 'State'], name: 'b', schema: 'double' };
    expect(meaningOf(both)).toBe('Temperature');
    const local = { displayName: { en: 'Run', de: 'Los' } } as unknown as JsonObject;
    expect(withLocalText(local, 'displayName', 'Go')).toEqual({ displayName: { en: 'Go', de: 'Los' } });
    expect(withMeaning({ name: 'f', schema: 'double' }, 'Voltage', 3, 'Field')['@type']).toEqual(['Field', 'Voltage']);
  });

  it('is drawn as IoT Central knows it', () => {
    const shown = withHint(NEW_CAPABILITY, 'minValue', 0);
    expect(shown).toEqual({ ...NEW_CAPABILITY, '@type': ['Telemetry', 'NumberValue'], minValue: 0 });
    expect(withHint(shown, 'minValue', undefined).minValue).toBeUndefined();
  });
});
