import type { FieldLabel, ModelIndex } from '../model/model-index.ts';
import type { Reading } from './read-body.ts';

/**
 * Decides where a reading is shown.
 *
 * - A number or boolean at the top of the body has a chart of its own.
 * - Numbers beside each other in an object or an array share a chart, a line each.
 * - Neighbours whose units differ by the model do not share an axis: percent and bytes get a chart each.
 * - Everything else, and a number that stands for an enumerated state, is a last value.
 */
export type Place =
  | {
      readonly kind: 'chart';
      readonly chartKey: string;
      readonly title: string;
      readonly unit: string | null;
      readonly order: number;
      readonly isBoolean: boolean;
      readonly line: string;
      readonly lineTitle: string;
      readonly value: number;
    }
  | { readonly kind: 'lastValue'; readonly key: string; readonly title: string; readonly text: string };

export function placeReading(reading: Reading, component: string | null, index: ModelIndex): Place {
  const { path, value } = reading;
  const label = index.find(component, path);
  const text = stateName(label, value.value);
  if (value.kind === 'text' || text !== null) {
    const key = [component ?? '', ...path].join('/');
    return { kind: 'lastValue', key, title: titleOf(path, component, index), text: text ?? String(value.value) };
  }

  const isBoolean = value.kind === 'boolean';
  const parent = path.length === 1 ? path : path.slice(0, -1);
  const aside = `${isBoolean ? '?' : ''}${path.length === 1 ? '' : (label.unit ?? '')}`;
  return {
    kind: 'chart',
    chartKey: `${component ?? ''}/${parent.join('/')}|${aside}`,
    title: titleOf(parent, component, index),
    unit: label.unit,
    order: label.order === UNMODELLED ? index.find(component, parent).order : label.order,
    isBoolean,
    line: path.at(-1) ?? 'value',
    lineTitle: lineTitleOf(label, path),
    value: Number(value.value),
  };
}

const UNMODELLED = 10_000;

/** `net` and `eth0` become "Network · eth0"; a component comes first. */
function titleOf(path: readonly string[], component: string | null, index: ModelIndex): string {
  const steps = path.map((_key, depth) => index.find(component, path.slice(0, depth + 1)).title);
  return (component === null ? steps : [component, ...steps]).join(' · ');
}

function lineTitleOf(label: FieldLabel, path: readonly string[]): string {
  const key = path.at(-1) ?? '';
  return path.length > 1 && /^\d+$/.test(key) && label.title === key ? `#${key}` : label.title;
}

function stateName(label: FieldLabel, value: string | number | boolean): string | null {
  if (label.schema?.kind !== 'enum') return null;
  const known = label.schema.values.find((candidate) => candidate.value === value);
  return known === undefined ? String(value) : known.displayName || known.name;
}
