import type { PropertyChange } from '@viaduct/contracts';
import { type Measure, shownNumber } from '../../../model/measure.ts';
import { acknowledgementOf } from '../../../model/property-state.ts';
import type { PlotLine } from '../../../tiles/align-lines.ts';

const LINES = [
  ['desired', 'Asked for'],
  ['reported', 'Reported'],
] as const;

/**
 * A line for what was asked and one for what was reported, each value until the next and the last until now. Of numbers and switches only:
 * where a property was a text even once, a line would not tell. Pure.
 *
 * @param changes newest first
 */
export function stepLines(changes: readonly PropertyChange[], measure: Measure, nowMs: number): readonly PlotLine[] {
  const rising = changes.toReversed().map((change) => ({ ...change, number: numberIn(change, measure) }));
  if (rising.some(({ number }) => number === undefined)) return [];
  return LINES.flatMap(([side, label]): PlotLine[] => {
    const own = rising.filter(({ section }) => section === side);
    const last = own.at(-1);
    if (last === undefined) return [];
    const times = [...own.map(({ at }) => Date.parse(at)), Math.max(nowMs, Date.parse(last.at))];
    const values = [...own, last].map(({ number = null }) => number);
    return [{ key: side, label, unit: measure.unit, isDashed: side === 'desired', times, values }];
  });
}

/** Null where it was removed; undefined where it is no number. */
function numberIn({ section, value }: PropertyChange, measure: Measure): number | null | undefined {
  const bare = section === 'reported' ? (acknowledgementOf(value)?.value ?? value) : value;
  if (bare === null) return null;
  if (typeof bare === 'boolean') return bare ? 1 : 0;
  return typeof bare === 'number' ? shownNumber(bare, measure) : undefined;
}
