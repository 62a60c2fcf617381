import { describe, expect, it } from 'vitest';
import { conditionFor } from './tile-conditions.ts';
import { rangeOf, resolveSource } from './tile-source.ts';
import { binsOf, foldValues, stretchesOf, tileText } from './tile-values.ts';

describe('the text of a value', () => {
  it.each([
    [21.456, '°C', {}, '21.46 °C'],
    [21.456, null, { decimalPlaces: 1 }, '21.5'],
    [1_234_567, null, { abbreviateValue: false }, '1,234,567'],
    [true, null, {}, 'on'],
    [undefined, '°C', {}, '–'],
  ])('of %s is as the tile says', (value, unit, format, text) => {
    expect(tileText(value, unit, format)).toBe(text);
  });
});

describe('one value of many buckets', () => {
  it('weighs an average by what was said', () => {
    expect(foldValues('avg', [10, 20], [1, 3])).toBe(17.5);
    expect(foldValues('sum', [10, null, 20])).toBe(30);
    expect(foldValues('count', [])).toBe(0);
    expect(foldValues('max', [])).toBeNull();
  });

  it('counts values by size, the highest included', () => {
    const bins = binsOf([0, 1, 2, 10], 5);
    expect(bins.map(({ count }) => count)).toEqual([2, 1, 0, 0, 1]);
  });
});

describe('states', () => {
  it('last until another is said, and the last one until the end', () => {
    expect(stretchesOf([0, 10, 20], ['on', 'on', 'off'], 30)).toEqual([
      { fromMs: 0, toMs: 20, value: 'on' },
      { fromMs: 20, toMs: 30, value: 'off' },
    ]);
  });
});

describe('conditions', () => {
  const conditions = [
    { operator: 'gt', value: 30, color: '#b42318', capability: 'temperature' },
    { operator: 'ge', value: '20', color: '#c2570c' },
    { operator: 'eq', value: 'on', color: '#0e7a6e' },
  ] as const;
  const colorOf = (value: unknown, capability = 'temperature') => conditionFor(conditions, capability, value)?.color;

  it('take the first that holds, numbers as numbers and the rest as text', () => {
    expect(colorOf(31)).toBe('#b42318');
    expect(colorOf(31, 'humidity')).toBe('#c2570c');
    expect(colorOf(20)).toBe('#c2570c');
    expect(colorOf('on')).toBe('#0e7a6e');
    expect(colorOf(5)).toBeUndefined();
    expect(colorOf(undefined)).toBeUndefined();
  });
});

describe('whose data', () => {
  const variables = {
    device: { kind: 'device', title: 'Device', value: 'pump' },
    model: { kind: 'template', title: 'Model', value: 'dtmi:a;1' },
    site: { kind: 'group', title: 'Site', value: undefined },
  } as const;

  it('is named, or what the viewer chose', () => {
    expect(resolveSource({ group: '', devices: ['$device'] }, variables)).toMatchObject({
      source: { kind: 'devices', deviceIds: ['pump'] },
    });
    expect(resolveSource({ group: '$model', devices: [] }, variables)).toMatchObject({
      source: { kind: 'template', templateId: 'dtmi:a;1' },
    });
    expect(resolveSource({ group: '$site', devices: [] }, variables)).toEqual({ kind: 'missing', title: 'Site' });
    expect(resolveSource({ group: '', devices: [] }, {})).toMatchObject({ source: { kind: 'all' } });
  });

  it('follows the time of the page where there is one', () => {
    const own = { type: 'time', duration: 'P1D' } as const;
    expect(rangeOf(own, null)).toEqual({ kind: 'last', duration: 'P1D' });
    expect(rangeOf(own, { kind: 'last', duration: 'PT1H' })).toEqual({ kind: 'last', duration: 'PT1H' });
  });
});
