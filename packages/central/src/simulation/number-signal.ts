import type { ModelField } from '@viaduct/contracts';
import { type NumberRange, numberRange } from './number-range.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Moment } from './signal.ts';

/** A number that moves as measured ones do, and never leaves its range; see `numberRange`. */
export function numberSignal(field: ModelField, random: SeededRandom): (moment: Moment) => number {
  const range = numberRange(field);
  const level = levelOf(range.shape, random);
  const isWhole = field.schema.kind === 'integer';
  const decimals = isWhole ? 0 : (field.hints?.decimalPlaces ?? decimalsFor(range));
  return (moment) => rounded(range.min + (range.max - range.min) * level(moment), range, decimals);
}

/** Where in the range it is, from 0 to 1. */
function levelOf(shape: NumberRange['shape'], random: SeededRandom): (moment: Moment) => number {
  if (shape === 'wave') return waveLevel(random);
  let level = random.between(0.2, 0.9);
  const step = random.between(0.000_2, 0.002);
  const sign = shape === 'counter' ? 1 : -1;
  return ({ load }) => {
    level += sign * step * (0.2 + load) * random.next();
    // A counter that overflows begins anew; a battery is charged.
    if (level > 1) level -= 1;
    if (level < 0.05 && sign < 0) level = random.between(0.95, 1);
    return level;
  };
}

/** Follows the load, or opposes it, and wanders: a random walk that is drawn back to its middle. */
function waveLevel(random: SeededRandom): (moment: Moment) => number {
  const share = random.between(0.35, 0.75) * (random.chance(0.75) ? 1 : -1);
  let walk = random.normal();
  return ({ load }) => {
    walk = 0.9 * walk + 0.43 * random.normal();
    return clamp(0.5 + share * (load - 0.5) + 0.07 * walk, 0, 1);
  };
}

/** About three digits of the range matter to whoever reads it. */
function decimalsFor({ min, max }: NumberRange): number {
  const span = max - min;
  return span <= 0 ? 2 : clamp(2 - Math.floor(Math.log10(span)) + 1, 0, 6);
}

/** Rounding must not lead out of the range: then the end itself is said. */
function rounded(value: number, { min, max }: NumberRange, decimals: number): number {
  if (decimals === 0) {
    const whole = clamp(Math.round(value), Math.ceil(min), Math.floor(max));
    return Number.isFinite(whole) ? whole : 0;
  }
  return clamp(Number(value.toFixed(clamp(decimals, 0, 20))), min, max);
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}
