import { describe, expect, it } from 'vitest';
import { NO_MEASURE } from '../model/measure.ts';
import { pickFields } from './pick-fields.ts';
import { fieldKey, type ViewField, type ViewSection } from './view-field.ts';

const field = (name: string, more: Partial<ViewField> = {}): ViewField => ({
  ...{ key: fieldKey(null, name), component: null, name, title: name, description: null, measure: NO_MEASURE },
  ...{ semanticType: null, kind: 'number', schema: { kind: 'number' }, severity: null, hints: {}, isModelled: false },
  ...{ isPinned: false, chart: null, position: 0, ...more },
});
const section = (...fields: ViewField[]): ViewSection => {
  return { key: 'root', kind: 'root', title: 'Telemetry', description: null, fields };
};
const names = (sections: readonly ViewSection[]) => sections.flatMap(({ fields }) => fields.map(({ name }) => name));

describe('pickFields', () => {
  const heard: Readonly<Record<string, number>> = { '/old': 1, '/new': 9, '/model': 2 };
  const view = [
    section(field('old'), field('new'), field('model', { isModelled: true })),
    section(field('silent', { isModelled: true }), field('pinned', { isPinned: true })),
  ];
  const pick = (max: number, filter = '') => pickFields(view, { filter, max, heardAt: (key) => heard[key] ?? null });

  it('shows the most important', () => {
    expect(names(pick(1).sections)).toEqual(['pinned']);
    expect(names(pick(3).sections)).toEqual(['model', 'pinned', 'silent']);
    expect(names(pick(4).sections)).toEqual(['model', 'new', 'pinned', 'silent']);
    expect(pick(1).found).toBe(5);
  });

  it('leaves all in their places where all are shown', () => {
    expect(names(pick(5).sections)).toEqual(['old', 'new', 'model', 'silent', 'pinned']);
  });

  it('puts what the device says all the time before what it said once', () => {
    const once = [field('once1'), field('once2'), field('often'), field('never')];
    const at: Readonly<Record<string, number>> = { '/once1': 1_000, '/once2': 1_000, '/often': 90_000 };
    const { sections } = pickFields([section(...once)], { filter: '', max: 3, heardAt: (key) => at[key] ?? null });
    expect(names(sections)).toEqual(['often', 'once1', 'once2']);
  });

  it('finds by a part of a title or a name, whatever its case', () => {
    expect(pick(9, ' NE ')).toMatchObject({ found: 2 });
    expect(names(pick(9, 'old').sections)).toEqual(['old']);
    expect(pick(9, 'nothing')).toEqual({ sections: [], found: 0 });
  });
});
