import { type DeviceIdentity, identityKey } from '@viaduct/contracts';
import type { ThrottledOperation, ThrottleScope, ThrottleState } from '../ports.ts';
import { type Rate, TokenBucket } from './token-bucket.ts';

/** One device's buckets, and what happened at them. Made as operations are seen: most devices do two or three kinds. */
export class DeviceBuckets {
  readonly #buckets = new Map<ThrottledOperation, TokenBucket>();
  readonly #states = new Map<ThrottledOperation, ThrottleState>();

  bucket(operation: ThrottledOperation): TokenBucket {
    const known = this.#buckets.get(operation);
    if (known !== undefined) return known;
    const bucket = new TokenBucket();
    this.#buckets.set(operation, bucket);
    return bucket;
  }

  /** Last first. */
  get states(): readonly ThrottleState[] {
    return [...this.#states.values()].sort((a, b) => b.lastTime - a.lastTime);
  }

  note(operation: ThrottledOperation, what: 'held' | 'refused', scope: ThrottleScope, rate: Rate, now: number): void {
    const before = this.#states.get(operation);
    this.#states.set(operation, {
      operation,
      heldCount: (before?.heldCount ?? 0) + (what === 'held' ? 1 : 0),
      refusedCount: (before?.refusedCount ?? 0) + (what === 'refused' ? 1 : 0),
      lastTime: now,
      scope,
      limitPerSecond: rate.perSecond,
    });
  }
}

/**
 * The buckets of the devices that were heard of lately, at most `countMax`.
 *
 * Two generations instead of a list in order of use: a hit in the younger one, which is nearly every hit, moves nothing.
 * When the younger is full the older one is forgotten, so a device is forgotten only after countMax / 2 others spoke since.
 */
export class RecentDevices {
  readonly #generationMax: number;
  #younger = new Map<string, DeviceBuckets>();
  #older = new Map<string, DeviceBuckets>();

  constructor(countMax: number) {
    this.#generationMax = Math.max(1, Math.floor(countMax / 2));
  }

  get size(): number {
    return this.#younger.size + this.#older.size;
  }

  find(identity: DeviceIdentity): DeviceBuckets | undefined {
    const key = identityKey(identity);
    return this.#younger.get(key) ?? this.#older.get(key);
  }

  get(identity: DeviceIdentity): DeviceBuckets {
    const key = identityKey(identity);
    const known = this.#younger.get(key);
    if (known !== undefined) return known;
    const buckets = this.#older.get(key) ?? new DeviceBuckets();
    this.#older.delete(key);
    if (this.#younger.size >= this.#generationMax) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(key, buckets);
    return buckets;
  }
}
