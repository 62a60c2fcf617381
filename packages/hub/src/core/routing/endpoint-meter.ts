import { type EndpointHealth, type EndpointState, LIMITS } from '@viaduct/contracts';
import type { Clock } from '../ports.ts';

/** Rates are of this many seconds. */
const RATE_SECONDS = 10;
/** Something lost or refused makes an endpoint degraded for so long, ms; and so does being this far behind. */
const LOSS_REMEMBERED_MS = 3_600_000;
const LAG_DEGRADED_SECONDS = 120;

/** How far an endpoint is behind. */
export interface Lag {
  readonly messages: number;
  readonly seconds: number;
}

/** What is told of one endpoint: how it is doing, since when, and how much it took. */
export class EndpointMeter {
  readonly #clock: Clock;
  #health: EndpointHealth = 'unknown';
  #healthSince: number;
  #isPaused = false;
  #failing: { readonly since: number; readonly isPermanent: boolean } | undefined;
  #lastError: EndpointState['lastError'] = null;
  #lastDeliveryTime: number | null = null;
  #nextTryTime: number | null = null;
  #lastLossTime = Number.NEGATIVE_INFINITY;
  #deliveredMessages = 0;
  #deliveredBytes = 0;
  #skippedMessages = 0;
  #lostMessages = 0;
  /** Second → messages of it. */
  readonly #rate = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#healthSince = clock.now();
  }

  delivered(messages: number, bytes: number): void {
    const now = this.#clock.now();
    this.#failing = undefined;
    this.#nextTryTime = null;
    this.#lastDeliveryTime = now;
    this.#deliveredMessages += messages;
    this.#deliveredBytes += bytes;
    const second = Math.floor(now / 1_000);
    this.#rate.set(second, (this.#rate.get(second) ?? 0) + messages);
    for (const old of this.#rate.keys()) {
      if (old > second - RATE_SECONDS) break;
      this.#rate.delete(old);
    }
  }

  failed(message: string, isPermanent: boolean): void {
    const now = this.#clock.now();
    this.#lastError = { message: message.slice(0, LIMITS.REASON_CHARACTERS_MAX), time: now };
    this.#failing = { since: this.#failing?.since ?? now, isPermanent };
  }

  willTryAt(time: number | null): void {
    this.#nextTryTime = time;
  }

  /** The endpoint will never take one message; it took or takes the others. */
  skipped(message: string): void {
    this.#skippedMessages++;
    this.#lastLossTime = this.#clock.now();
    this.#lastError = { message: message.slice(0, LIMITS.REASON_CHARACTERS_MAX), time: this.#lastLossTime };
  }

  lost(messages: number): void {
    this.#lostMessages += messages;
    this.#lastLossTime = this.#clock.now();
  }

  paused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    // Somebody did something about it: how it is doing is to be seen.
    this.#failing = undefined;
    this.#nextTryTime = null;
  }

  state(name: string, lag: Lag): EndpointState {
    this.#refresh(lag);
    return {
      name,
      health: this.#health,
      healthSince: this.#healthSince,
      lastError: this.#lastError,
      lastDeliveryTime: this.#lastDeliveryTime,
      nextTryTime: this.#nextTryTime,
      lagMessages: lag.messages,
      lagSeconds: lag.seconds,
      deliveredMessages: this.#deliveredMessages,
      deliveredBytes: this.#deliveredBytes,
      deliveredPerSecond: this.#deliveredPerSecond(),
      skippedMessages: this.#skippedMessages,
      lostMessages: this.#lostMessages,
    };
  }

  #refresh(lag: Lag): void {
    const now = this.#clock.now();
    const health = this.#judge(now, lag);
    if (health === this.#health) return;
    this.#health = health;
    this.#healthSince = (health === 'unhealthy' || health === 'dead') && this.#failing ? this.#failing.since : now;
  }

  #judge(now: number, lag: Lag): EndpointHealth {
    if (this.#isPaused) return 'paused';
    if (this.#failing !== undefined) {
      const { since, isPermanent } = this.#failing;
      return isPermanent || now - since >= LIMITS.ENDPOINT_DEAD_SECONDS * 1_000 ? 'dead' : 'unhealthy';
    }
    if (now - this.#lastLossTime < LOSS_REMEMBERED_MS || lag.seconds > LAG_DEGRADED_SECONDS) return 'degraded';
    return this.#lastDeliveryTime === null ? 'unknown' : 'healthy';
  }

  #deliveredPerSecond(): number {
    const second = Math.floor(this.#clock.now() / 1_000);
    let messages = 0;
    for (const [of, count] of this.#rate) if (of > second - RATE_SECONDS) messages += count;
    return messages / RATE_SECONDS;
  }
}
