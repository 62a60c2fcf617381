/**
 * Runs what asks to be drawn once an animation frame, at most ten times a second, and not at all while the tab is
 * hidden: nobody reads faster, and a hidden page should cost nothing. What was asked meanwhile runs once on return.
 */
export interface FrameClock {
  readonly requestFrame: (run: () => void) => void;
  readonly isHidden: () => boolean;
  readonly nowMs: () => number;
}

export const REDRAW_INTERVAL_MS = 100;

export class FrameBatch {
  readonly #clock: FrameClock;
  readonly #waiting = new Set<() => void>();
  #requested = false;
  #lastRunMs = Number.NEGATIVE_INFINITY;

  constructor(clock: FrameClock) {
    this.#clock = clock;
  }

  /** Asks for one run; asking again before it happens changes nothing. */
  ask(run: () => void): void {
    this.#waiting.add(run);
    this.wake();
  }

  forget(run: () => void): void {
    this.#waiting.delete(run);
  }

  /** To be called when the tab becomes visible. */
  wake(): void {
    if (this.#requested || this.#waiting.size === 0 || this.#clock.isHidden()) return;
    this.#requested = true;
    this.#clock.requestFrame(() => this.#onFrame());
  }

  #onFrame(): void {
    this.#requested = false;
    if (this.#clock.isHidden()) return;
    if (this.#clock.nowMs() - this.#lastRunMs < REDRAW_INTERVAL_MS) {
      this.wake();
      return;
    }
    this.#lastRunMs = this.#clock.nowMs();
    const runs = [...this.#waiting];
    this.#waiting.clear();
    for (const run of runs) run();
  }
}
