import type { ChartShape, FieldHints, ModelField, ModelSchema } from '@viaduct/contracts';
import type { Measure } from '../model/measure.ts';

/** How a thing that a device says is shown, whatever its type. */
export type FieldKind = 'number' | 'boolean' | 'state' | 'event' | 'location' | 'vector' | 'object' | 'text';

/** One tile of a generated view. */
export interface ViewField {
  /** `component/name`, and `/name` for the root: what edits and what was seen are found by. */
  readonly key: string;
  readonly component: string | null;
  readonly name: string;
  readonly title: string;
  readonly description: string | null;
  readonly measure: Measure;
  readonly semanticType: string | null;
  readonly kind: FieldKind;
  /** Of the model, or guessed from what was seen. */
  readonly schema: ModelSchema;
  readonly severity: ModelField['severity'] | null;
  /** Ends in the unit in which values are shown. */
  readonly hints: FieldHints;
  readonly isModelled: boolean;
  readonly isPinned: boolean;
  /** By people; null leaves it to the tile. */
  readonly chart: ChartShape | null;
  readonly position: number;
}

export interface ViewSection {
  readonly key: string;
  readonly title: string;
  readonly description: string | null;
  readonly kind: 'pinned' | 'root' | 'component' | 'unmodelled';
  readonly fields: readonly ViewField[];
}

export function fieldKey(component: string | null, name: string): string {
  return `${component ?? ''}/${name}`;
}
