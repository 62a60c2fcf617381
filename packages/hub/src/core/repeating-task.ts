/** Who hears of a fault in work that nobody waits for. */
export type OnFault = (fault: unknown) => void;

/** For whoever was given no listener: a fault is printed and not lost. */
export const warnOfFault: OnFault = (fault) => {
  process.emitWarning(fault instanceof Error ? fault : String(fault), 'BackgroundFault');
};

/**
 * Work that is done again and again until `close`: never twice at once, the next pause begins when a run has ended. A run
 * that fails is told to `onFault` and the next one comes all the same. It does not keep the process alive.
 */
export class RepeatingTask {
  readonly #run: () => Promise<void>;
  readonly #intervalMs: number;
  readonly #onFault: OnFault;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(run: () => Promise<void>, intervalMs: number, onFault: OnFault) {
    this.#run = run;
    this.#intervalMs = intervalMs;
    this.#onFault = onFault;
    this.#schedule();
  }

  /** Resolves when no run is under way, and none will be. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#runOnce();
    }, this.#intervalMs);
    this.#timer.unref();
  }

  async #runOnce(): Promise<void> {
    try {
      await this.#run();
    } catch (fault) {
      this.#onFault(fault);
    }
    this.#schedule();
  }
}
