/** Wakes everybody who waits for it now; who comes later waits for the next time. */
export class Bell {
  #waiting: (() => void)[] = [];

  ring(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** Resolves after a time, true; or with the signal, false. It does not keep the process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const end = (isOver: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(isOver);
    };
    const abort = () => end(false);
    const timer = setTimeout(() => end(true), ms).unref();
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** A signal that is aborted with `signal` or after a time, and can be let go of: unlike AbortSignal.any, it leaves nothing behind. */
export class LinkedSignal {
  readonly #own = new AbortController();
  readonly #source: AbortSignal;
  readonly #abort = () => this.#own.abort();
  readonly #timer: NodeJS.Timeout | undefined;
  #isLate = false;

  constructor(source: AbortSignal, ms?: number) {
    this.#source = source;
    if (source.aborted) this.#own.abort();
    else source.addEventListener('abort', this.#abort, { once: true });
    if (ms === undefined) return;
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.#own.abort();
    }, ms).unref();
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** Whether time ran out, and not the source was aborted. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Aborts what still waits with it. */
  close(): void {
    clearTimeout(this.#timer);
    this.#source.removeEventListener('abort', this.#abort);
    this.#own.abort();
  }
}
