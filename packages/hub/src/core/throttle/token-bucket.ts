import { LIMITS } from '@viaduct/contracts';

const HOLD_MS_MAX = LIMITS.THROTTLE_HOLD_SECONDS_MAX * 1_000;

/** What a bucket lets through: so many a second in the long run, `burst` of them at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * A token bucket, kept as one number: the time at which it is full again. A bucket nobody remembers is a full one, so
 * forgetting and starting are the same thing.
 *
 *     full at ──────┐
 *     now ──────────┼─── burst / perSecond ───┐
 *                   └ taken, not yet refilled ┘ beyond: the taker waits
 *
 * Source: the "virtual scheduling" form of ATM's generic cell rate algorithm, ITU-T I.371 annex A.
 */
export class TokenBucket {
  #fullTime = 0;

  /** How long a taker of `count` would have to wait at `now`, ms; 0 for not at all. */
  waitMs({ perSecond, burst }: Rate, count: number, now: number): number {
    // So far ahead only when the clock was set back: nobody pays for that.
    if (this.#fullTime - now > (burst * 1_000) / perSecond + HOLD_MS_MAX) this.#fullTime = 0;
    const needed = this.#from(now) + ((count - burst) * 1_000) / perSecond;
    return Math.max(0, Math.ceil(needed - now));
  }

  /** For who waits no longer than LIMITS.THROTTLE_HOLD_SECONDS_MAX. */
  take({ perSecond }: Rate, count: number, now: number): void {
    this.#fullTime = this.#from(now) + (count * 1_000) / perSecond;
  }

  #from(now: number): number {
    return Math.max(this.#fullTime, now);
  }
}
