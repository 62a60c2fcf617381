import { setTimeout as wait } from 'node:timers/promises';
import type { TellsTime } from '../ports.ts';
import { TokenBucket } from '../throttle/token-bucket.ts';

/** How many devices a second all jobs together begin with; null for as many as they can. */
export class DevicePace {
  readonly #hub: TellsTime;
  readonly #perSecond: number | null;
  readonly #bucket = new TokenBucket();

  constructor(hub: TellsTime, perSecond: number | null) {
    this.#hub = hub;
    this.#perSecond = perSecond;
  }

  /** Resolves with how many may begin now, 1 to `wanted`; with 0 when `signal` aborts first. */
  async take(wanted: number, signal: AbortSignal): Promise<number> {
    const perSecond = this.#perSecond;
    if (perSecond === null) return signal.aborted ? 0 : wanted;
    const rate = { perSecond, burst: Math.max(1, Math.ceil(perSecond)) };
    for (;;) {
      if (signal.aborted) return 0;
      const now = this.#hub.clock.now();
      const waitMs = this.#bucket.waitMs(rate, 1, now);
      if (waitMs === 0) {
        let count = 0;
        while (count < wanted && this.#bucket.waitMs(rate, 1, now) === 0) {
          this.#bucket.take(rate, 1, now);
          count++;
        }
        return count;
      }
      await wait(Math.min(waitMs, WAIT_MS_MAX), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

/** The clock may be set meanwhile. */
const WAIT_MS_MAX = 1_000;
