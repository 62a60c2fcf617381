import type { ModelSchema } from '@viaduct/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf, readDraft, readJson } from './schema-form.ts';

const field = (name: string, schema: ModelSchema) => ({
  name,
  displayName: name,
  description: null,
  component: null,
  semanticType: null,
  unit: null,
  schema,
});
const OBJECT: ModelSchema = {
  kind: 'object',
  fields: [
    field('times', { kind: 'integer' }),
    field('where', { kind: 'object', fields: [field('x', { kind: 'number' })] }),
  ],
};
const ENUM: ModelSchema = {
  kind: 'enum',
  values: [
    { name: 'low', value: 1, displayName: 'Low' },
    { name: 'high', value: 2, displayName: 'High' },
  ],
};

describe('readDraft', () => {
  it('reads what draftOf shows, unchanged', () => {
    const cases: [ModelSchema, unknown][] = [
      [{ kind: 'number' }, 1.5],
      [{ kind: 'integer' }, -3],
      [{ kind: 'boolean' }, true],
      [{ kind: 'string' }, 'text'],
      [{ kind: 'duration' }, 'PT1H30M'],
      [{ kind: 'date' }, '2026-11-23'],
      [ENUM, 2],
      [{ kind: 'array', element: { kind: 'number' } }, [1, 2]],
      [{ kind: 'map', value: { kind: 'number' } }, { a: 1 }],
      [OBJECT, { times: 3, where: { x: 1 } }],
    ];
    for (const [schema, value] of cases) expect(readDraft(schema, draftOf(schema, value))).toEqual({ ok: true, value });
  });

  it('says what is wrong and at which field', () => {
    expect(readDraft(OBJECT, { times: '3', where: { x: 'many' } })).toEqual({
      ok: false,
      message: 'Enter a number',
      path: ['where', 'x'],
    });
  });

  it('refuses half a number, a fraction for an integer, and an unknown choice', () => {
    expect(readDraft({ kind: 'number' }, '1e')).toMatchObject({ ok: false });
    expect(readDraft({ kind: 'number' }, '')).toMatchObject({ ok: false });
    expect(readDraft({ kind: 'integer' }, '1.5')).toMatchObject({ ok: false });
    expect(readDraft(ENUM, '')).toMatchObject({ ok: false });
    expect(readDraft({ kind: 'duration' }, 'PT')).toMatchObject({ ok: false });
  });

  it('leaves out fields that are left empty', () => {
    expect(readDraft(OBJECT, { times: '3', where: {} })).toEqual({ ok: true, value: { times: 3, where: {} } });
    expect(readDraft(OBJECT, { times: '' })).toEqual({ ok: true, value: {} });
  });

  it('never throws, whatever was typed', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('number', 'integer', 'dateTime', 'date', 'time', 'duration'),
        (text, kind) => {
          expect(typeof readDraft({ kind }, text).ok).toBe('boolean');
        },
      ),
    );
  });
});

describe('readJson', () => {
  it('gives the value or the reason', () => {
    expect(readJson('{"a": 1}')).toEqual({ ok: true, value: { a: 1 } });
    expect(readJson('{')).toMatchObject({ ok: false, message: expect.stringContaining('Not JSON') });
  });
});
