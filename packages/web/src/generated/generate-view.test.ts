import type { ModelField, ModelSummary } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { generateView, type SeenField } from './generate-view.ts';
import { layerEdits, moveField } from './layer-edits.ts';
import { mergeEdits } from './merge-edits.ts';

const field = (name: string, more: Partial<ModelField> = {}): ModelField => ({
  ...{ name, displayName: '', description: null, component: null, semanticType: null, unit: null },
  schema: { kind: 'number' },
  ...more,
});
const MODEL: ModelSummary = {
  ...{ modelId: 'dtmi:test:Pump;1', displayName: 'Pump', description: null, properties: [], commands: [] },
  components: [{ name: 'motor', displayName: 'Motor', description: 'Turns', modelId: null }],
  telemetry: [
    field('temp', { displayName: 'Temperature', unit: '°C', semanticType: 'Temperature' }),
    field('speed', { component: 'motor' }),
    field('mode', { role: 'state', schema: { kind: 'string' } }),
    field('fault', { role: 'event', severity: 'error', schema: { kind: 'string' } }),
    field('where', { schema: { kind: 'object', named: 'geopoint', fields: [] } }),
  ],
};
const seen = (name: string, sample: unknown, component: string | null = null): SeenField => ({
  name,
  sample,
  component,
});
const kinds = (view: ReturnType<typeof generateView>) =>
  view.map(({ title, fields }) => [title, ...fields.map(({ title: name, kind }) => `${name}: ${kind}`)]);

describe('generateView', () => {
  it('shows a device without a model by what it says', () => {
    const fields = [
      seen('t', 21),
      seen('door', true),
      seen('pos', { lat: 1, lon: 2 }),
      seen('acc', { x: 1, y: 2, z: 3 }),
    ];
    expect(
      kinds(generateView(null, [...fields, seen('net', { in: 1 }), seen('mode', 'auto'), seen('rpm', 1, 'fan')])),
    ).toEqual([
      ['Telemetry', 't: number', 'door: boolean', 'pos: location', 'acc: vector', 'net: object', 'mode: text'],
      ['fan', 'rpm: number'],
    ]);
  });

  it('follows the model in order and by component, whether anything was said or not', () => {
    expect(kinds(generateView(MODEL, []))).toEqual([
      ['Telemetry', 'Temperature: number', 'mode: state', 'fault: event', 'where: location'],
      ['Motor', 'speed: number'],
    ]);
  });

  it('puts what the model does not know into a section of its own', () => {
    expect(kinds(generateView(MODEL, [seen('temp', 1), seen('speed', 3), seen('speed', 3, 'motor')])).at(-1)).toEqual([
      'Unmodeled',
      'speed: number',
    ]);
  });
});

describe('layerEdits', () => {
  const view = generateView(MODEL, [seen('extra', 1)]);

  it('changes, pins and hides; the rest stays as it was made', () => {
    const template = {
      fields: { '/temp': { title: 'Water', color: '#ff0000', isPinned: true }, '/gone': { title: 'x' } },
    };
    const device = { fields: { '/temp': { title: 'Pond' }, '/mode': { isHidden: true } } };
    const { sections, hidden } = layerEdits(view, [template, device]);
    expect(sections[0]).toMatchObject({ kind: 'pinned', fields: [{ title: 'Pond', hints: { color: '#ff0000' } }] });
    expect(sections[1]?.fields.map(({ name }) => name)).toEqual(['fault', 'where']);
    expect(hidden.map(({ name }) => name)).toEqual(['mode']);
  });

  it('survives what is made anew: a field that comes keeps its place behind those that were moved', () => {
    const patch = moveField(view[0]?.fields ?? [], '/where', -1);
    const edits = { fields: patch?.fields as Record<string, object> };
    const names = (model: ModelSummary) =>
      layerEdits(generateView(model, []), [edits]).sections[0]?.fields.map(({ name }) => name);
    expect(names(MODEL)).toEqual(['temp', 'mode', 'where', 'fault']);
    const more = { ...MODEL, telemetry: [...MODEL.telemetry, field('late')] };
    expect(names(more)).toEqual(['temp', 'mode', 'where', 'fault', 'late']);
  });

  it('moves to either end and no further, and writes one field only', () => {
    const fields = view[0]?.fields ?? [];
    expect(moveField(fields, '/temp', -1)).toBeUndefined();
    expect(moveField(fields, '/where', 1)).toBeUndefined();
    expect(Object.keys(moveField(fields, '/temp', 1)?.fields ?? {})).toEqual(['/temp']);
    const { sections } = layerEdits(view, [
      { fields: moveField(fields, '/mode', -1)?.fields as Record<string, object> },
    ]);
    expect(sections[0]?.fields.map(({ name }) => name)).toEqual(['mode', 'temp', 'fault', 'where']);
  });
});

describe('mergeEdits', () => {
  it('does what the server does: attribute by attribute, null removes', () => {
    const edits = { fields: { '/a': { title: 'A', min: 0 }, '/b': { isPinned: true } } };
    expect(
      mergeEdits(edits, { fields: { '/a': { min: null, color: '#ff0000' }, '/b': null, '/c': { max: 1 } } }),
    ).toEqual({
      fields: { '/a': { title: 'A', color: '#ff0000' }, '/c': { max: 1 } },
    });
  });
});
