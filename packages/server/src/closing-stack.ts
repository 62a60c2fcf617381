type Close = () => Promise<void> | void;

/**
 * What was opened, to be closed in reverse. A part that fails to close does not keep the next from closing: its fault is
 * told, because the log behind it still has acknowledged messages to put away.
 */
export class ClosingStack {
  readonly #onFault: (error: unknown) => void;
  #closes: Close[] = [];

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  push(close: Close): void {
    this.#closes.push(close);
  }

  async close(): Promise<void> {
    const closes = this.#closes.reverse();
    this.#closes = [];
    for (const close of closes) {
      try {
        await close();
      } catch (error) {
        this.#onFault(error);
      }
    }
  }
}
