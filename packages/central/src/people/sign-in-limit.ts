import { isIPv6 } from 'node:net';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { Clock } from '@viaduct/hub';

const MINUTE_MS = 60_000;

/**
 * Counts failed attempts per address and minute. An attempt counts from its beginning and is given back when it succeeds, so
 * that a hundred at once are not a hundred tries.
 */
export class SignInLimit {
  readonly #clock: Clock;
  /** In order of their beginning: the oldest minute is first. */
  readonly #minutes = new Map<string, { readonly since: number; attempts: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws HubError quota.exceeded (retry) */
  begin(remoteAddress: string): void {
    const key = networkOf(remoteAddress);
    const minute = this.#current(key);
    if (minute.attempts >= LIMITS.SIGN_IN_ATTEMPTS_PER_MINUTE_MAX) {
      const seconds = Math.ceil((minute.since + MINUTE_MS - this.#clock.now()) / 1000);
      throw new HubError('quota.exceeded', `too many failed sign-ins from ${remoteAddress}; try again in ${seconds} s`);
    }
    minute.attempts += 1;
  }

  succeeded(remoteAddress: string): void {
    const minute = this.#minutes.get(networkOf(remoteAddress));
    if (minute !== undefined && minute.attempts > 0) minute.attempts -= 1;
  }

  #current(key: string): { readonly since: number; attempts: number } {
    const now = this.#clock.now();
    const known = this.#minutes.get(key);
    if (known !== undefined && now - known.since < MINUTE_MS) return known;
    this.#minutes.delete(key);
    this.#forgetOldest(now);
    const minute = { since: now, attempts: 0 };
    this.#minutes.set(key, minute);
    return minute;
  }

  #forgetOldest(now: number): void {
    for (const [key, minute] of this.#minutes) {
      if (now - minute.since < MINUTE_MS && this.#minutes.size < LIMITS.SIGN_IN_ADDRESSES_MAX) return;
      this.#minutes.delete(key);
    }
  }
}

/** One subscriber of IPv6 has 2^64 addresses: they count as one. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':');
}
