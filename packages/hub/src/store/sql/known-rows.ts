/**
 * A table that is small, changes seldom and is asked for all the time: all of it stays in memory from the first question to the next
 * change, and is the same objects as long.
 */
export class KnownRows<T> {
  readonly #read: () => Promise<readonly T[]>;
  #known: Promise<readonly T[]> | undefined;

  constructor(read: () => Promise<readonly T[]>) {
    this.#read = read;
  }

  async list(): Promise<readonly T[]> {
    const asked = this.#known ?? this.#read();
    this.#known = asked;
    try {
      return await asked;
    } catch (error) {
      // A failure is not remembered: the disk may be well again.
      if (this.#known === asked) this.#known = undefined;
      throw error;
    }
  }

  /** When a change is on disk, or has failed: what was read before it is forgotten, and so is what is being read meanwhile. */
  forget(): void {
    this.#known = undefined;
  }
}
