import { describe, expect, it } from 'vitest';
import { conditionFor, countWords, patchAt } from './bulk-target.ts';

describe('conditionFor', () => {
  it('names the ticked ones, whatever their ids are made of', () => {
    const identities = [{ deviceId: 'd1' }, { deviceId: "it's" }];
    expect(conditionFor({ kind: 'ticked', identities })).toBe("deviceId IN ['d1', 'it\\'s']");
  });

  it('names modules by both of their ids', () => {
    const identities = [{ deviceId: 'd1', moduleId: 'm' }];
    expect(conditionFor({ kind: 'ticked', identities })).toBe(
      "from devices.modules where (deviceId = 'd1' AND moduleId = 'm')",
    );
  });

  it('is null for more than a condition holds, and the query itself for all', () => {
    const identities = Array.from({ length: 1_000 }, (_, index) => ({ deviceId: `device-${index}` }));
    expect(conditionFor({ kind: 'ticked', identities })).toBeNull();
    expect(conditionFor({ kind: 'all', condition: '*' })).toBe('*');
  });
});

describe('patchAt', () => {
  it.each([
    ['site', 'north', { site: 'north' }],
    ['building.floor', '3', { building: { floor: 3 } }],
    ['on', 'true', { on: true }],
    ['serial', '"0042"', { serial: '0042' }],
    ['limits', '{"max":5}', { limits: { max: 5 } }],
    ['site', '  ', { site: null }],
  ])('%s, %s', (path, typed, patch) => {
    expect(patchAt(path, typed)).toEqual(patch);
  });
});

describe('countWords', () => {
  it('counts', () => {
    expect([countWords(1, false), countWords(1_200, false), countWords(2, true)]).toEqual([
      '1 device',
      '1,200 devices',
      '2 modules',
    ]);
  });
});
