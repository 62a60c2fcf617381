import type { InferredField } from '@viaduct/contracts';

/** A proposed capability, and what one made of it. */
export interface Choice {
  readonly field: InferredField;
  readonly isTaken: boolean;
  /** The guessed unit counts. */
  readonly hasMeasure: boolean;
}

/** Everything is taken; a guess only where it is sure. */
export function choicesOf(fields: readonly InferredField[]): readonly Choice[] {
  return fields.map((field) => ({ field, isTaken: true, hasMeasure: field.measure?.confidence === 'high' }));
}

export function acceptAll(choices: readonly Choice[]): readonly Choice[] {
  return choices.map((choice) => ({ ...choice, hasMeasure: choice.field.measure !== null }));
}

export function acceptedFields(choices: readonly Choice[]): readonly InferredField[] {
  return choices
    .filter(({ isTaken }) => isTaken)
    .map(({ field, hasMeasure }) => ({ ...field, measure: hasMeasure ? field.measure : null }));
}
