/** Messages that were sent and not yet acknowledged, by a number of the protocol's. */
export class Waiting {
  readonly #waiting = new Map<number, { resolve(): void; reject(error: Error): void }>();

  add(id: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  acknowledged(id: number): void {
    this.#take(id)?.resolve();
  }

  refused(id: number, reason: string): void {
    this.#take(id)?.reject(new Error(reason));
  }

  /** The connection ended: nobody knows what became of the rest. */
  abandon(reason: string): void {
    for (const id of [...this.#waiting.keys()]) this.refused(id, reason);
  }

  #take(id: number) {
    const found = this.#waiting.get(id);
    this.#waiting.delete(id);
    return found;
  }
}
