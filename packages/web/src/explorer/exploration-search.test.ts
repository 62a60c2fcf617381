import type { ExplorationView } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { explorerSearch, searchOf, viewOf } from './exploration-search.ts';

describe('the address of the explorer', () => {
  it.each([
    { source: { kind: 'all' }, lines: [], range: { kind: 'last', duration: 'PT1H' }, axes: 'shared' },
    {
      source: { kind: 'devices', deviceIds: ['a,b', 'c:d'] },
      lines: [
        { path: 'pump.pressure', aggregate: 'none' },
        { path: 'a:b,c', aggregate: 'max' },
      ],
      splitBy: 'device',
      range: { kind: 'between', from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' },
      resolution: 'PT5M',
      axes: 'lanes',
      markers: [{ at: '2026-01-01T10:00:00.000Z', label: 'restart | by hand' }],
    },
    {
      source: { kind: 'template', templateId: 'dtmi:a:b;1' },
      lines: [],
      splitBy: { property: 'place.room' },
      range: { kind: 'last', duration: 'P1D' },
      axes: 'overlap',
      query: 'SELECT a FROM devices',
    },
  ] satisfies ExplorationView[])('says a view so that it is read as the same: %j', (view) => {
    expect(viewOf(explorerSearch({ ...searchOf(view) }))).toEqual(view);
  });

  it('opens when it was cut or edited by hand', () => {
    expect(viewOf(explorerSearch({ on: 'group', lines: '%zz:avg,x', time: 'soon', axes: 3, marks: 'x y' }))).toEqual({
      source: { kind: 'all' },
      lines: [
        { path: '%zz', aggregate: 'avg' },
        { path: 'x', aggregate: 'avg' },
      ],
      range: { kind: 'last', duration: 'PT1H' },
      axes: 'shared',
    });
  });
});
