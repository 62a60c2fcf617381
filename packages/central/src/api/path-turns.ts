import { Turns } from '../history/worker/turns.ts';

/** Changes of one resource come one after another, so that what a condition was held to is what the change finds. */
export class PathTurns {
  readonly #turns = new Map<string, { readonly turns: Turns; waiting: number }>();

  /** @throws what `work` throws */
  async take<T>(path: string, work: () => Promise<T>): Promise<T> {
    const entry = this.#turns.get(path) ?? { turns: new Turns(), waiting: 0 };
    this.#turns.set(path, entry);
    entry.waiting++;
    try {
      return await entry.turns.take(work);
    } finally {
      entry.waiting--;
      if (entry.waiting === 0) this.#turns.delete(path);
    }
  }
}
