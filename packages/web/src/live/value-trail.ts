/**
 * The recent past of what is not a number: switches, states, events, texts, places. Bounded; the oldest go first.
 */
const TRAIL_POINTS_MAX = 2_000;

export interface TrailPoint {
  readonly atMs: number;
  readonly value: unknown;
}

export class ValueTrail {
  /** Oldest first; times never run backwards. */
  readonly points: TrailPoint[] = [];

  get last(): TrailPoint | undefined {
    return this.points.at(-1);
  }

  append(atMs: number, value: unknown): void {
    this.points.push({ atMs: Math.max(atMs, this.last?.atMs ?? atMs), value });
    // A quarter at a time: moving everything up at each message would cost more than it keeps.
    if (this.points.length > TRAIL_POINTS_MAX * 1.25) this.points.splice(0, this.points.length - TRAIL_POINTS_MAX);
  }
}

/** With a name for each, by which a list tells them apart: several may have happened in the same millisecond. */
export function withKeys<T extends { readonly atMs: number }>(points: readonly T[]): (T & { readonly key: string })[] {
  const seen = new Map<number, number>();
  return points.map((point) => {
    const count = (seen.get(point.atMs) ?? 0) + 1;
    seen.set(point.atMs, count);
    return { ...point, key: `${point.atMs} ${count}` };
  });
}
