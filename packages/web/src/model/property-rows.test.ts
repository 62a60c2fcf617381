import type { ModelSummary, TwinView } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { desiredPatch, propertyRows } from './property-rows.ts';

const MODEL: ModelSummary = {
  modelId: 'dtmi:test:Thing;1',
  displayName: 'Thing',
  description: null,
  telemetry: [],
  commands: [],
  properties: [
    {
      name: 'target',
      displayName: 'Target',
      description: null,
      component: 'thermostat',
      semanticType: null,
      unit: '°C',
      schema: { kind: 'number' },
      writable: true,
    },
  ],
};

const TWIN: TwinView = {
  version: 3,
  desired: {
    version: 2,
    values: { thermostat: { __t: 'c', target: 21 }, extra: { deep: 1 } },
    metadata: { thermostat: { target: { $lastUpdated: '2026-11-23T10:00:00Z' } } },
  },
  reported: {
    version: 5,
    values: { thermostat: { __t: 'c', target: { value: 21, ac: 200, av: 2 } }, name: 'x' },
    metadata: {},
  },
  tags: {},
};

describe('propertyRows', () => {
  it('joins model, desired and reported, components included', () => {
    const rows = propertyRows(TWIN, MODEL);
    expect(rows.map((row) => [row.component, row.name])).toEqual([
      ['thermostat', 'target'],
      [null, 'extra'],
      [null, 'name'],
    ]);
    expect(rows[0]).toMatchObject({ title: 'Target', desired: 21, reported: 21, state: { kind: 'accepted' } });
    expect(rows[0]?.desiredAt).toBe('2026-11-23T10:00:00Z');
  });

  it('shows a component by its mark when there is no model', () => {
    expect(propertyRows(TWIN, null).map((row) => [row.component, row.name])).toContainEqual(['thermostat', 'target']);
  });
});

describe('desiredPatch', () => {
  it('marks a component, so that the device knows it for one', () => {
    expect(desiredPatch('thermostat', 'target', null)).toEqual({ thermostat: { __t: 'c', target: null } });
    expect(desiredPatch(null, 'interval', 5)).toEqual({ interval: 5 });
  });
});
