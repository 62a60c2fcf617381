import type { SeededRandom } from './seeded-random.ts';

/** When a device speaks, and how busy it is: from 0 to 1, the same for all it measures, so that its values belong together. */
export interface Moment {
  /** Ms since 1970. */
  readonly time: number;
  readonly load: number;
}

/** What one thing says next; undefined when it has nothing to say, as events mostly have not. It remembers what it said before. */
export type Signal = (moment: Moment) => unknown;

const DAY_MS = 86_400_000;
/** A shorter wave, so that a chart of ten minutes is no straight line. */
const SPELL_MS = 780_000;

/** How busy a device is through its day; each device has its own hours. */
export function loadOf(random: SeededRandom): (time: number) => number {
  const day = random.next();
  const spell = random.next();
  return (time) => {
    const daily = Math.sin(2 * Math.PI * (time / DAY_MS + day));
    const shorter = Math.sin(2 * Math.PI * (time / SPELL_MS + spell));
    return 0.5 + 0.32 * daily + 0.18 * shorter;
  };
}
