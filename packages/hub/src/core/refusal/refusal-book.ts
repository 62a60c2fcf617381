import type { Clock, NewRefusal, RefusalRecord, RefusalStore } from '../ports.ts';

export interface RefusalBookOptions {
  readonly intervalMs?: number;
  readonly onFault?: (error: unknown) => void;
}

export class RefusalBook {
  readonly #store: RefusalStore;
  readonly #clock: Clock;
  readonly #listeners = new Set<(refusal: RefusalRecord) => void>();

  constructor(store: RefusalStore, clock: Clock, _options: RefusalBookOptions = {}) {
    this.#store = store;
    this.#clock = clock;
  }

  record(refusal: NewRefusal): void {
    const now = this.#clock.now();
    for (const listener of this.#listeners) listener({ ...refusal, firstTime: now, lastTime: now, count: 1 });
  }

  list(deviceId: string | null): Promise<readonly RefusalRecord[]> {
    return this.#store.list(deviceId);
  }

  onRefusal(listener: (refusal: RefusalRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {}
}
