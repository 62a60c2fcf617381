import { describe, expect, it } from 'vitest';
import { conditionOf } from './condition-of.ts';

describe('conditionOf', () => {
  it.each([
    ['SELECT * FROM devices', '*'],
    [
      "select deviceId, tags.site from devices where tags.site = 'north' and status = 'enabled'",
      "tags.site = 'north' and status = 'enabled'",
    ],
    ["SELECT * FROM devices WHERE a = 'order by' ORDER BY deviceId DESC", "a = 'order by'"],
    ['SELECT * FROM devices WHERE tags.order = 1', 'tags.order = 1'],
    ["SELECT * FROM devices.modules WHERE moduleId = 'm'", "from devices.modules where moduleId = 'm'"],
    ['SELECT * FROM devices.modules', 'from devices.modules'],
  ])('%s', (query, condition) => {
    expect(conditionOf(query)).toBe(condition);
  });

  it.each([
    'SELECT TOP 5 * FROM devices',
    'SELECT COUNT() AS n FROM devices',
    'SELECT tags.site, COUNT() FROM devices GROUP BY tags.site',
    "SELECT * FROM devices.jobs WHERE jobId = 'j'",
    'SELECT *',
    '',
  ])('no job can select what this lists: %s', (query) => {
    expect(conditionOf(query)).toBeNull();
  });
});
