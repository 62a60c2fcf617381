import type { PropertyChange } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { measureOf, NO_MEASURE } from '../../../model/measure.ts';
import { stepLines } from './step-lines.ts';

const change = (second: number, section: 'desired' | 'reported', value: unknown): PropertyChange => ({
  ...{ version: second, section, value, sectionVersion: null },
  at: new Date(second * 1_000).toISOString(),
});

describe('stepLines', () => {
  it('draws what was asked and what was reported, in the unit in which it is shown, until now', () => {
    const changes = [
      change(3, 'reported', { value: 100, ac: 200, av: 2 }),
      change(2, 'desired', null),
      change(1, 'desired', 0),
    ];
    const lines = stepLines(changes, measureOf({ unit: '°C', hints: { displayUnit: '°F' } }), 9_000);
    expect(lines).toMatchObject([
      { key: 'desired', unit: '°F', times: [1_000, 2_000, 9_000], values: [32, null, null] },
      { key: 'reported', times: [3_000, 9_000], values: [212, 212] },
    ]);
  });

  it('draws nothing of texts', () => {
    expect(stepLines([change(2, 'desired', 5), change(1, 'desired', 'auto')], NO_MEASURE, 9_000)).toEqual([]);
  });
});
