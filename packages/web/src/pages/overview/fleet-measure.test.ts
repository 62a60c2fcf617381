import type { LatestValue, ModelField } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { firstMeasure, measuresSaid } from './fleet-measure.ts';

const field = (name: string, kind: 'number' | 'string'): ModelField => {
  return {
    name,
    displayName: name.toUpperCase(),
    description: null,
    component: null,
    semanticType: null,
    unit: '°C',
    schema: { kind },
  };
};
const value = (name: string, said: unknown): LatestValue => {
  return { deviceId: 'd', moduleId: null, component: null, name, value: said, time: '', enqueuedTime: '' };
};

describe('what a chart of the fleet is of', () => {
  it('is the first number of the model', () => {
    const model = { modelId: '', displayName: '', description: null, properties: [], commands: [] };
    const telemetry = [field('state', 'string'), field('temperature', 'number'), field('humidity', 'number')];
    expect(firstMeasure({ ...model, telemetry })).toMatchObject({
      name: 'temperature',
      title: 'TEMPERATURE',
      measure: { unit: '°C' },
    });
    expect(firstMeasure({ ...model, telemetry: [] })).toBeNull();
  });

  it('is, without a model, the first number that was said', () => {
    expect(measuresSaid([value('b', 2), value('text', 'x'), value('a', 1)])).toMatchObject({
      name: 'a',
      measure: { unit: null },
    });
    expect(measuresSaid([value('text', 'x')])).toBeNull();
  });
});
