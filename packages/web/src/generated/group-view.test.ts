import type { LatestValue, ModelSummary } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { distribution, groupFields, lastValueRows } from './group-view.ts';

const said = (deviceId: string, name: string, value: unknown): LatestValue => ({
  ...{ deviceId, moduleId: null, component: null, name, value, time: '2026-11-29T10:00:00Z' },
  enqueuedTime: '2026-11-29T10:00:00Z',
});
const model = (...names: string[]): ModelSummary => ({
  ...{ modelId: 'dtmi:test:A;1', displayName: 'A', description: null, properties: [], commands: [] },
  telemetry: names.map((name) => ({
    ...{ name, displayName: name.toUpperCase(), description: null, component: null, semanticType: null, unit: null },
    schema: { kind: 'boolean' as const },
  })),
});
const LATEST = [said('b', 'on', true), said('a', 'on', false), said('c', 'on', true), said('a', 'temp', 21)];

describe('groupFields', () => {
  it('has what any model has, once', () => {
    expect(groupFields([model('on', 'x'), model('on', 'y')], []).map(({ title }) => title)).toEqual(['ON', 'X', 'Y']);
  });

  it('has what devices say where they have no model', () => {
    expect(groupFields([], LATEST).map(({ name, kind }) => `${name} ${kind}`)).toEqual(['on boolean', 'temp number']);
  });
});

describe('distribution', () => {
  it('counts devices by state, the most first', () => {
    const [on] = groupFields([], LATEST);
    expect(on && distribution(on, LATEST)).toEqual([
      { value: 'On', count: 2, share: 2 / 3 },
      { value: 'Off', count: 1, share: 1 / 3 },
    ]);
  });
});

describe('lastValueRows', () => {
  it('has a row a device, and nothing where it never said a thing', () => {
    const rows = lastValueRows(groupFields([], LATEST), LATEST);
    expect(rows.map(({ deviceId, values }) => [deviceId, ...values.map((each) => each?.value)])).toEqual([
      ['a', false, 21],
      ['b', true, undefined],
      ['c', true, undefined],
    ]);
  });
});
