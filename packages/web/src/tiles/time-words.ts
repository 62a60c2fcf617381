import type { Span } from '../time-range/time-choice.ts';
import { formatClock } from '../ui/format.ts';

const DAY_MS = 86_400_000;
/** From here on, a day without its year might be several. */
const YEAR_MS = 300 * DAY_MS;

/** A bucket's time as short as the whole span allows: the clock within a day or two, the date beyond. */
export function bucketWords(atMs: number, { fromMs, toMs }: Span): string {
  const at = new Date(atMs);
  if (toMs - fromMs > YEAR_MS) return at.toLocaleDateString(undefined, { dateStyle: 'medium' });
  if (toMs - fromMs > 8 * DAY_MS) return at.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
  const clock = formatClock(atMs).slice(0, toMs - fromMs < 600_000 ? 8 : 5);
  if (toMs - fromMs <= DAY_MS) return clock;
  return `${at.toLocaleDateString(undefined, { weekday: 'short' })} ${clock}`;
}
