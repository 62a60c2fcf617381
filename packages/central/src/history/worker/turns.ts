/** Work of which only one piece may be under way, in the order in which it was asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** @throws what `work` throws; the next one has its turn all the same */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Resolves when nothing that was asked for is under way. */
  async ended(): Promise<void> {
    await this.#last;
  }
}
