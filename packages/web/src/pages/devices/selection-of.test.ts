import { describe, expect, it } from 'vitest';
import { groupFilterOf, selectionOf } from './selection-of.ts';

describe('what the devices page looks for', () => {
  it('asks the server for all of it at once', () => {
    expect(
      selectionOf({ search: 'pump', state: 'connected', template: 'dtmi:a:b;1', filter: 'floor = 1 OR x = 2' }),
    ).toEqual({
      search: 'pump',
      state: 'connected',
      filter: "SELECT * FROM devices WHERE (floor = 1 OR x = 2) AND ($template = 'dtmi:a:b;1')",
    });
    expect(selectionOf({})).toEqual({});
  });

  it('becomes the filter of a group that has the same devices', () => {
    expect(groupFilterOf({ search: "o'b", state: 'waiting' })).toBe(
      "SELECT * FROM devices WHERE ($approved = false) AND (CONTAINS($id, 'o''b') OR CONTAINS($displayName, 'o''b'))",
    );
    expect(groupFilterOf({})).toBeNull();
    expect(groupFilterOf({ group: 'g1', state: 'waiting' })).toBeNull();
  });
});
