import { describe, expect, it } from 'vitest';
import { EMPTY_CAPABILITY, readCapability, writeCapability } from './edit-model.ts';

describe('a capability in a form', () => {
  it('is written as DTDL', () => {
    const draft = {
      ...EMPTY_CAPABILITY,
      name: 'temp',
      displayName: 'Temperature',
      semanticType: 'Temperature',
      unit: 'kelvin',
    };
    expect(writeCapability(draft)).toEqual({
      '@type': ['Telemetry', 'Temperature'],
      name: 'temp',
      displayName: 'Temperature',
      schema: 'double',
      unit: 'kelvin',
    });
    expect(writeCapability({ ...EMPTY_CAPABILITY, kind: 'cloudProperty', name: 'owner', schema: 'string' })).toEqual({
      '@type': ['Property', 'Cloud'],
      name: 'owner',
      schema: 'string',
    });
    expect(writeCapability({ ...EMPTY_CAPABILITY, kind: 'command', name: 'stop', isQueued: true })).toEqual({
      '@type': 'Command',
      name: 'stop',
      durable: true,
    });
  });

  it('has states, of numbers where all are', () => {
    const draft = { ...EMPTY_CAPABILITY, name: 'mode', schema: 'enum', states: 'off=0\non=1\n' };
    const element = writeCapability(draft);
    expect(element).toMatchObject({
      '@type': ['Telemetry', 'State'],
      schema: {
        valueSchema: 'integer',
        enumValues: [
          { name: 'off', enumValue: 0 },
          { name: 'on', enumValue: 1 },
        ],
      },
    });
    expect(readCapability(element)).toEqual({ ...draft, states: 'off=0\non=1' });
  });

  it('keeps what no form shows', () => {
    const element = {
      '@id': 'dtmi:a:b;1',
      '@type': ['Command', 'Acme'],
      name: 'run',
      displayName: { en: 'Run', de: 'Los' },
      request: { name: 'speed', schema: 'double' },
      comment: 'kept',
    };
    expect(writeCapability(readCapability(element), element)).toEqual(element);
    const object = { '@type': 'Telemetry', name: 'o', schema: { '@type': 'Object', fields: [] } };
    expect(writeCapability({ ...readCapability(object), displayName: 'O' }, object)).toEqual({
      ...object,
      displayName: 'O',
    });
    const part = { '@type': 'Component', name: 'p', schema: { '@id': 'dtmi:a:P;1', '@type': 'Interface' } };
    expect(writeCapability(readCapability(part), part)).toEqual(part);
  });
});
