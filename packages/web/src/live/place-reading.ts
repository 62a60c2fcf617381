import { type Measure, shownNumber } from '../model/measure.ts';
import type { FieldLabel, ModelIndex } from '../model/model-index.ts';
import type { Reading } from './read-body.ts';

/**
 * Decides where a reading is shown.
 *
 * - A number at the top of the body has a chart of its own.
 * - Numbers beside each other in an object or an array share a chart, a line each.
 * - Neighbours whose units differ by the model do not share an axis: percent and bytes get a chart each.
 * - Everything else, and a number that stands for a state or tells of an event, joins a trail of values.
 */
export type Place =
  | {
      readonly kind: 'chart';
      readonly chartKey: string;
      readonly title: string;
      /** Of the values as they are shown. */
      readonly measure: Measure;
      readonly order: number;
      readonly line: string;
      /** From the top of the body. */
      readonly linePath: readonly string[];
      readonly lineTitle: string;
      /** In the unit in which it is shown. */
      readonly value: number;
    }
  | {
      readonly kind: 'trail';
      readonly key: string;
      readonly path: readonly string[];
      readonly title: string;
      readonly value: unknown;
    };

export function placeReading(reading: Reading, component: string | null, index: ModelIndex): Place {
  const { path, value } = reading;
  const label = index.find(component, path);
  if (value.kind !== 'number' || label.schema?.kind === 'enum' || label.role === 'event') {
    const key = [component ?? '', ...path].join('/');
    return { kind: 'trail', key, path, title: titleOf(path, component, index), value: value.value };
  }

  const parent = path.length === 1 ? path : path.slice(0, -1);
  const aside = path.length === 1 ? '' : (label.measure.unit ?? '');
  return {
    kind: 'chart',
    chartKey: `${component ?? ''}/${parent.join('/')}|${aside}`,
    title: titleOf(parent, component, index),
    measure: label.measure,
    order: label.order === UNMODELLED ? index.find(component, parent).order : label.order,
    line: path.at(-1) ?? 'value',
    linePath: path,
    lineTitle: lineTitleOf(label, path),
    value: shownNumber(value.value, label.measure),
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
