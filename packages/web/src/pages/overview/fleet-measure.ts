import type { LatestValue, ModelSummary } from '@viaduct/contracts';
import { type Measure, measureOf, NO_MEASURE } from '../../model/measure.ts';

/** What a chart of many devices is of. */
export interface FleetMeasure {
  readonly component: string | null;
  readonly name: string;
  readonly title: string;
  readonly measure: Measure;
}

/** The first number that devices of a model send, in the order of the model; null when they send none. */
export function firstMeasure({ telemetry }: ModelSummary): FleetMeasure | null {
  const numeric = telemetry.find(({ schema, role }) => role !== 'event' && isNumber(schema.kind));
  if (numeric === undefined) return null;
  const { component, name, displayName: title } = numeric;
  return { component, name, title, measure: measureOf(numeric) };
}

/** The same of what a device said, in order of name, where no model tells. */
export function measuresSaid(values: readonly LatestValue[]): FleetMeasure | null {
  const numbers = values.filter(({ value, moduleId }) => typeof value === 'number' && moduleId === null);
  const [first] = numbers.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)));
  if (first === undefined) return null;
  const { component, name } = first;
  return { component, name, title: keyOf(first), measure: NO_MEASURE };
}

function isNumber(kind: string): boolean {
  return kind === 'number' || kind === 'integer';
}

function keyOf({ component, name }: LatestValue): string {
  return component === null || component === '' ? name : `${component}.${name}`;
}
