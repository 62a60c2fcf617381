import type { InferredField } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { acceptAll, acceptedFields, choicesOf } from './choices.ts';

const field = (name: string, confidence: 'high' | 'low' | null): InferredField => ({
  kind: 'telemetry',
  component: null,
  name,
  displayName: name,
  schema: 'double',
  role: null,
  isWritable: false,
  measure: confidence === null ? null : { semanticType: 'Temperature', unit: 'kelvin', confidence },
  seen: 1,
  example: 1,
});

describe('choices', () => {
  it('take everything, and a unit only where it is sure, until one accepts it', () => {
    const choices = choicesOf([field('sure', 'high'), field('doubtful', 'low'), field('plain', null)]);
    const units = (of: typeof choices) => acceptedFields(of).map(({ measure }) => measure?.unit);
    expect(units(choices)).toEqual(['kelvin', undefined, undefined]);
    expect(units(acceptAll(choices))).toEqual(['kelvin', 'kelvin', undefined]);
    expect(acceptedFields(choices.map((choice) => ({ ...choice, isTaken: false })))).toEqual([]);
  });
});
