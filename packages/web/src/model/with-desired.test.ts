import type { TwinView } from '@viaduct/contracts';
import { expect, it } from 'vitest';
import { propertyRows } from './property-rows.ts';
import { withDesired } from './with-desired.ts';

const TWIN: TwinView = {
  version: 3,
  desired: { version: 2, values: { motor: { __t: 'c', speed: 1, limit: 9 }, mode: 'a' }, metadata: {} },
  reported: { version: 1, values: { mode: { value: 'a', ac: 200, av: 2 } }, metadata: {} },
  tags: {},
};

it('merges as the server will: objects by member, null removes, and what was asked is pending', () => {
  const next = withDesired(TWIN, { motor: { __t: 'c', speed: 2, limit: null }, mode: 'b' }, 1_800_000_000_000);
  expect(next.desired.values).toEqual({ motor: { __t: 'c', speed: 2 }, mode: 'b' });
  expect(next.desired.version).toBe(3);
  const mode = propertyRows(next, null).find(({ name }) => name === 'mode');
  expect(mode).toMatchObject({ desired: 'b', desiredAt: '2027-01-15T08:00:00.000Z', state: { kind: 'pending' } });
});

it('takes names that the language uses itself', () => {
  const next = withDesired(TWIN, JSON.parse('{"__proto__":{"a":1},"constructor":5}'), 1_800_000_000_000);
  const rows = propertyRows(next, null);
  expect(rows.find(({ name }) => name === '__proto__')?.desired).toEqual({ a: 1 });
  expect(rows.find(({ name }) => name === 'constructor')).toMatchObject({ desired: 5, reported: undefined });
});
