import { type DeviceIdentity, HubError, identityKey, LIMITS } from '@viaduct/contracts';
import type {
  TellsTime,
  Throttle,
  ThrottledOperation,
  ThrottleScope,
  ThrottleState,
  ThrottleTotals,
} from '../ports.ts';
import type { DailyQuota } from './daily-quota.ts';
import { RecentDevices } from './device-buckets.ts';
import { THROTTLED_OPERATIONS, type ThrottleLimits } from './throttle-limits.ts';
import { type Rate, TokenBucket } from './token-bucket.ts';

const HOLD_MS_MAX = LIMITS.THROTTLE_HOLD_SECONDS_MAX * 1_000;

type Totals = { -readonly [Name in keyof ThrottleTotals]: ThrottleTotals[Name] };

/**
 * Slows down who asks for more than its share, and refuses only who would have to wait too long.
 *
 *     take ─► the device's bucket ─┐
 *          └► the hub's bucket ────┴► the longer wait: 0 go on │ ≤ 10 s hold the acknowledgement │ more: refuse
 *
 * Invariants
 *  1. Both buckets are taken from or neither, so a refused operation costs nobody anything.
 *  2. Who is held by its own bucket takes from the hub's only what its own lets through: the noisy one cannot starve others.
 *  3. Memory is bounded by LIMITS.THROTTLED_DEVICES_MAX.
 */
export class HubThrottle implements Throttle {
  readonly #hub: TellsTime;
  readonly #limits: ThrottleLimits;
  readonly #quota: DailyQuota | null;
  readonly #devices = new RecentDevices(LIMITS.THROTTLED_DEVICES_MAX);
  readonly #hubBuckets = new Map<ThrottledOperation, TokenBucket>(
    THROTTLED_OPERATIONS.map((operation) => [operation, new TokenBucket()]),
  );
  readonly #totals = new Map<string, Totals>();

  constructor(hub: TellsTime, limits: ThrottleLimits, quota: DailyQuota | null) {
    this.#hub = hub;
    this.#limits = limits;
    this.#quota = quota;
  }

  get totals(): readonly ThrottleTotals[] {
    return [...this.#totals.values()];
  }

  get quota(): Throttle['quota'] {
    return this.#quota === null ? null : { used: this.#quota.used, max: this.#quota.max };
  }

  take(identity: DeviceIdentity | null, operation: ThrottledOperation, count = 1): number {
    const now = this.#hub.clock.now();
    const own = this.#ask('device', identity, operation, count, now);
    const shared = this.#ask('hub', identity, operation, count, now);
    const longer = own.waitMs > shared.waitMs ? own : shared;
    if (longer.waitMs > HOLD_MS_MAX) {
      this.#note(longer, 'refused', now);
      throw refusal(longer);
    }
    own.take();
    shared.take();
    if (longer.waitMs > 0) this.#note(longer, 'held', now);
    return longer.waitMs;
  }

  countMessage(bytes: number): void {
    this.#quota?.count(bytes);
  }

  stateOf(identity: DeviceIdentity): readonly ThrottleState[] {
    return this.#devices.find(identity)?.states ?? [];
  }

  #ask(
    scope: ThrottleScope,
    identity: DeviceIdentity | null,
    operation: ThrottledOperation,
    count: number,
    now: number,
  ): Asked {
    const rate = this.#limits[scope][operation];
    const bucket = rate === undefined ? undefined : this.#bucket(scope, identity, operation);
    if (rate === undefined || bucket === undefined) return UNLIMITED;
    const take = () => bucket.take(rate, count, now);
    return { waitMs: bucket.waitMs(rate, count, now), take, scope, identity, operation, rate };
  }

  #bucket(
    scope: ThrottleScope,
    identity: DeviceIdentity | null,
    operation: ThrottledOperation,
  ): TokenBucket | undefined {
    if (scope === 'hub') return this.#hubBuckets.get(operation);
    return identity === null ? undefined : this.#devices.get(identity).bucket(operation);
  }

  #note({ operation, scope, identity, rate, waitMs }: Asked, what: 'held' | 'refused', now: number): void {
    if (identity !== null) this.#devices.get(identity).note(operation, what, scope, rate, now);
    const key = `${operation} ${scope}`;
    const totals = this.#totals.get(key) ?? { operation, scope, heldCount: 0, heldMs: 0, refusedCount: 0 };
    this.#totals.set(key, totals);
    if (what === 'refused') totals.refusedCount++;
    else {
      totals.heldCount++;
      totals.heldMs += waitMs;
    }
  }
}

/** What one bucket said. */
interface Asked {
  readonly waitMs: number;
  take(): void;
  readonly scope: ThrottleScope;
  readonly identity: DeviceIdentity | null;
  readonly operation: ThrottledOperation;
  readonly rate: Rate;
}

const UNLIMITED: Asked = {
  waitMs: 0,
  take: () => undefined,
  scope: 'hub',
  identity: null,
  operation: 'telemetry',
  rate: { perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY },
};

function refusal({ identity, operation, scope, rate, waitMs }: Asked): HubError {
  const whose = scope === 'device' && identity !== null ? `"${identityKey(identity)}"` : 'the hub';
  return new HubError(
    'throttle.exceeded',
    `${whose} takes ${rateText(rate)} of ${operation}; this one would wait ${Math.ceil(waitMs / 1_000)} s`,
  );
}

/** In the unit in which it is a whole number. */
function rateText({ perSecond }: Rate): string {
  if (perSecond >= 1) return `${Math.round(perSecond)}/s`;
  const perMinute = perSecond * 60;
  return perMinute >= 1 ? `${Math.round(perMinute)}/min` : `${Math.round(perMinute * 60)}/h`;
}
