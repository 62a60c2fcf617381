/** A promise that is settled from outside: `Promise.withResolvers`, which Node has from 22 on. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever waits hears of it; a rejection before anybody waits must not end the process.
    this.promise.catch(() => undefined);
  }
}
