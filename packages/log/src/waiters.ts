interface Waiter {
  readonly offset: number;
  readonly settle: (readable: boolean) => void;
}

/** Who waits for records, per partition. Costs a comparison per partition and commit when nobody does. */
export class Waiters {
  readonly #waiting: Waiter[][];

  constructor(partitionCount: number) {
    this.#waiting = Array.from({ length: partitionCount }, () => []);
  }

  /** Resolves true once `wake` tells of a next offset past `offset`; false when `signal` aborts or the log closes. */
  wait(partition: number, offset: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (readable: boolean) => {
        signal.removeEventListener('abort', abort);
        resolve(readable);
      };
      const waiter = { offset, settle };
      const abort = () => {
        const waiting = this.#waiting[partition]!;
        const index = waiting.indexOf(waiter);
        if (index >= 0) waiting.splice(index, 1);
        settle(false);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting[partition]!.push(waiter);
    });
  }

  wake(partition: number, next: number): void {
    const waiting = this.#waiting[partition]!;
    if (waiting.length === 0) return;
    this.#waiting[partition] = waiting.filter((waiter) => waiter.offset >= next);
    for (const waiter of waiting) if (waiter.offset < next) waiter.settle(true);
  }

  close(): void {
    for (const waiting of this.#waiting) for (const waiter of waiting.splice(0)) waiter.settle(false);
  }
}
