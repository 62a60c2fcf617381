import { HubError, LIMITS } from '@viaduct/contracts';
import { type Rate, type TellsTime, TokenBucket } from '@viaduct/hub';
import { RecentBuckets } from '../attempt/recent-buckets.ts';

/** How often devices may ask. */
export interface RegistrationRates {
  /** Registrations of all devices together. */
  readonly register: Rate;
  /** Polls of one device. */
  readonly poll: Rate;
}

/**
 * `strict` is what Azure documents: 1,000 registrations a minute, and five polls of a device in ten seconds. `relaxed` keeps only what runs
 * in circles away. Source: Azure DPS, "Quotas and limits".
 */
export const REGISTRATION_RATES: Readonly<Record<'relaxed' | 'strict', RegistrationRates>> = {
  relaxed: { register: { perSecond: 1_000, burst: 20_000 }, poll: { perSecond: 10, burst: 100 } },
  strict: { register: { perSecond: 1_000 / 60, burst: 1_000 }, poll: { perSecond: 0.5, burst: 5 } },
};

/** Turns devices away that ask too often; only those that proved who they are, so that strangers use up nobody's share. */
export class RegistrationThrottle {
  readonly #p: TellsTime;
  readonly #rates: RegistrationRates;
  readonly #registrations = new TokenBucket();
  /** By registration id, lower case. */
  readonly #polls = new RecentBuckets(LIMITS.POLLING_DEVICES_REMEMBERED_MAX);

  constructor(p: TellsTime, rates: RegistrationRates) {
    this.#p = p;
    this.#rates = rates;
  }

  /** @throws HubError registration.limitReached (retry) */
  takeRegistration(): void {
    this.#take(this.#registrations, this.#rates.register, 'registrations of all devices');
  }

  /** @throws HubError registration.limitReached (retry) */
  takePoll(registrationId: string): void {
    this.#take(this.#polls.get(registrationId.toLowerCase()), this.#rates.poll, `polls of "${registrationId}"`);
  }

  #take(bucket: TokenBucket, rate: Rate, what: string): void {
    const now = this.#p.clock.now();
    const waitMs = bucket.waitMs(rate, 1, now);
    if (waitMs > 0) {
      const allowed = `at most ${rate.burst} ${what} at once, and ${Number(rate.perSecond.toFixed(2))} a second`;
      throw new HubError('registration.limitReached', `${allowed}: again in ${Math.ceil(waitMs / 1_000)} s`);
    }
    bucket.take(rate, 1, now);
  }
}
