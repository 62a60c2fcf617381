import type { LiveBody, LiveTelemetry, ModelSummary } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { columnsOf, fieldsOf } from './message-fields.ts';

const field = (name: string, component: string | null) => ({
  ...{ name, component, displayName: '', description: null, semanticType: null, unit: null },
  schema: { kind: 'number' as const },
});
const MODEL: ModelSummary = {
  ...{ modelId: 'dtmi:test:A;1', displayName: 'A', description: null, properties: [], commands: [] },
  telemetry: [field('temp', null), field('speed', 'motor')],
};
const message = (body: LiveBody, component: string | null = null): LiveTelemetry => ({
  ...{ deviceId: 'd', moduleId: null, partition: 0, offset: 1, enqueuedTime: '2026-11-29T10:00:00Z', bodyBytes: 1 },
  ...{ body, contentType: null, component, systemProperties: {}, properties: {} },
});
const marks = (telemetry: LiveTelemetry) =>
  fieldsOf(telemetry, MODEL).map(({ key, isModelled }) => `${key} ${isModelled ? 'modelled' : 'unmodeled'}`);

describe('fieldsOf', () => {
  it('marks what the model does not mention, component by component', () => {
    expect(marks(message({ kind: 'json', value: { temp: 1, speed: 2 } }))).toEqual([
      '/temp modelled',
      '/speed unmodeled',
    ]);
    expect(marks(message({ kind: 'json', value: { speed: 2 } }, 'motor'))).toEqual(['motor/speed modelled']);
  });

  it('is nothing of what is no JSON', () => {
    expect(marks(message({ kind: 'text', value: '{' }))).toEqual([]);
    expect(marks(message({ kind: 'json', value: 7 }))).toEqual(['/value unmodeled']);
  });
});

describe('columnsOf', () => {
  it('has every name once', () => {
    const messages = [{ a: 1 }, { b: 1, a: 2 }].map((value) => message({ kind: 'json', value }));
    expect(columnsOf(messages, null).map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
