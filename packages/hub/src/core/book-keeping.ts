import { type OnFault, RepeatingTask } from './repeating-task.ts';

interface BookKeepingOptions {
  /** Writes some of what waits; asked again at the next interval, and until nothing waits at the end. */
  readonly saveSome: () => Promise<void>;
  readonly waits: () => boolean;
  readonly intervalMs: number;
  readonly onFault: OnFault;
}

/**
 * What a book of happenings does besides keeping them: it tells each to who listens, and writes what waits in memory, at intervals and at
 * the end. Whoever records never waits for it nor hears of its faults, which go to `onFault`.
 */
export class BookKeeping<Entry> {
  readonly #options: BookKeepingOptions;
  readonly #listeners = new Set<(entry: Entry) => void>();
  readonly #saving: RepeatingTask;

  constructor(options: BookKeepingOptions) {
    this.#options = options;
    this.#saving = new RepeatingTask(options.saveSome, options.intervalMs, options.onFault);
  }

  /** Calls `listener` with each entry as it is told. Returns how to stop listening. */
  listen(listener: (entry: Entry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(entry: Entry): void {
    for (const listener of this.#listeners) {
      try {
        listener(entry);
      } catch (fault) {
        this.#options.onFault(fault);
      }
    }
  }

  /** Writes what waits, unless that fails. */
  async close(): Promise<void> {
    const { saveSome, waits, onFault } = this.#options;
    await this.#saving.close();
    try {
      while (waits()) await saveSome();
    } catch (fault) {
      onFault(fault);
    }
  }
}
