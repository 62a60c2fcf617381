import { type ConnectivityDay, LIMITS } from '@viaduct/contracts';

const DAY_MS = 86_400_000;

export interface StateChange {
  /** Ms since 1970. */
  readonly time: number;
  readonly isConnected: boolean;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * How long a device was connected on each day of UTC, and when. Before its first change nothing is known. Pure.
 *
 * @param changes rising; one from before `from` tells how it was then
 */
export function onlineByDay(changes: readonly StateChange[], from: number, to: number): ConnectivityDay[] {
  const stretches = changes.map(({ time, isConnected }, i) => {
    return { from: time, to: changes[i + 1]?.time ?? Number.POSITIVE_INFINITY, isConnected };
  });
  const days: ConnectivityDay[] = [];
  for (let start = Math.floor(from / DAY_MS) * DAY_MS; start < to; start += DAY_MS) {
    const end = Math.min(start + DAY_MS, to);
    const within = stretches.filter((stretch) => stretch.to > start && stretch.from < end);
    const clipped = within.map((stretch) => ({ ...stretch, ...clip(stretch, start, end) }));
    const online = clipped.filter(({ isConnected }) => isConnected);
    days.push({
      date: new Date(start).toISOString().slice(0, 10),
      onlineSeconds: toSeconds(length(online)),
      knownSeconds: toSeconds(length(clipped)),
      elapsedSeconds: toSeconds(end - start),
      connects: within.filter((stretch) => stretch.isConnected && stretch.from >= start).length,
      online: drawable(online).map((stretch) => [toSeconds(stretch.from - start), toSeconds(stretch.to - start)]),
    });
  }
  return days;
}

function clip({ from, to }: Stretch, start: number, end: number): Stretch {
  return { from: Math.max(from, start), to: Math.min(to, end) };
}

/** With only the longest breaks between them, of more than can be drawn. */
function drawable(stretches: readonly Stretch[]): Stretch[] {
  const breaks = stretches.slice(1).map(({ from }, i) => ({ before: i + 1, ms: from - (stretches[i]?.to ?? from) }));
  const longest = breaks.toSorted((a, b) => b.ms - a.ms).slice(0, LIMITS.CONNECTIVITY_STAYS_PER_DAY_MAX - 1);
  const isKept = new Set(longest.filter(({ ms }) => ms > 0).map(({ before }) => before));
  const drawn: { from: number; to: number }[] = [];
  stretches.forEach(({ from, to }, i) => {
    const last = drawn.at(-1);
    if (last === undefined || isKept.has(i)) drawn.push({ from, to });
    else last.to = to;
  });
  return drawn;
}

function length(stretches: readonly Stretch[]): number {
  return stretches.reduce((total, { from, to }) => total + to - from, 0);
}

function toSeconds(ms: number): number {
  return Math.round(ms / 1_000);
}
