import type { ConnectivityDay } from '@viaduct/contracts';

const DAY_MS = 86_400_000;

export interface StateChange {
  /** Ms since 1970. */
  readonly time: number;
  readonly isConnected: boolean;
}

/**
 * How long a device was connected on each day of UTC. Before its first change nothing is known. Pure.
 *
 * @param changes rising; one from before `from` tells how it was then
 */
export function onlineByDay(changes: readonly StateChange[], from: number, to: number): ConnectivityDay[] {
  const days: ConnectivityDay[] = [];
  for (let start = Math.floor(from / DAY_MS) * DAY_MS; start < to; start += DAY_MS) {
    const end = Math.min(start + DAY_MS, to);
    const stretches = stretchesOf(changes, start, end);
    const known = sum(stretches.map(({ ms }) => ms));
    const online = sum(stretches.map(({ ms, isConnected }) => (isConnected ? ms : 0)));
    days.push({
      date: new Date(start).toISOString().slice(0, 10),
      onlineSeconds: Math.round(online / 1_000),
      knownSeconds: Math.round(known / 1_000),
      connects: changes.filter(({ time, isConnected }) => isConnected && time >= start && time < end).length,
    });
  }
  return days;
}

/** From each change to the next, as far as it lies between. */
function stretchesOf(changes: readonly StateChange[], start: number, end: number) {
  return changes.map(({ time, isConnected }, i) => {
    const until = changes[i + 1]?.time ?? Number.POSITIVE_INFINITY;
    return { isConnected, ms: Math.max(0, Math.min(until, end) - Math.max(time, start)) };
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
