import type { DropReason } from '../history.ts';

export type DropCounts = Partial<Record<DropReason, number>>;

/** Of each device and module, how much of what it said is no point. Written a little behind: thousands may change every second. */
export class DropBook {
  readonly #counts: Map<string, DropCounts>;
  readonly #changed = new Set<string>();

  constructor(counts: Map<string, DropCounts>) {
    this.#counts = counts;
  }

  count(key: string, reason: DropReason): void {
    const counts = this.#counts.get(key) ?? {};
    counts[reason] = (counts[reason] ?? 0) + 1;
    this.#counts.set(key, counts);
    this.#changed.add(key);
  }

  /** A name that another device may get. */
  forget(key: string): void {
    if (this.#counts.delete(key)) this.#changed.add(key);
  }

  /** What changed since it was last asked for; undefined is gone. */
  takeChanged(): (readonly [key: string, counts: DropCounts | undefined])[] {
    const changed = [...this.#changed].map((key) => [key, this.#counts.get(key)] as const);
    this.#changed.clear();
    return changed;
  }
}
