import type { DeviceIdentity } from '@viaduct/contracts';

/** What is counted, and limited apart. */
export type ThrottledOperation =
  | 'connect'
  | 'telemetry'
  | 'twinRead'
  | 'twinUpdate'
  | 'commandReceive'
  | 'fileUpload'
  | 'commandSend'
  | 'method'
  | 'registry'
  | 'configuration';

/** Whose bucket was empty: the device's own, or the one that all share. */
export type ThrottleScope = 'device' | 'hub';

export interface Throttle {
  /**
   * Takes `count` operations from the device's bucket and the hub's. Returns how long the gateway holds the acknowledgement or
   * the answer, ms; 0 for not at all.
   *
   * @throws HubError throttle.exceeded when it would be held longer than LIMITS.THROTTLE_HOLD_SECONDS_MAX; nothing is taken then
   */
  take(identity: DeviceIdentity | null, operation: ThrottledOperation, count?: number): number;
  /**
   * Counts a message against the quota of the day, in pieces of LIMITS.QUOTA_PIECE_BYTES.
   *
   * @throws HubError quota.dailyExceeded; it is not counted then
   */
  countMessage(bytes: number): void;
  /** What was held or refused of one device, last first; empty when nothing was, or when it is forgotten. */
  stateOf(identity: DeviceIdentity): readonly ThrottleState[];
  readonly totals: readonly ThrottleTotals[];
  /** Null without a quota. */
  readonly quota: { readonly used: number; readonly max: number } | null;
}

/** How one operation of one device fared. */
export interface ThrottleState {
  readonly operation: ThrottledOperation;
  readonly heldCount: number;
  readonly refusedCount: number;
  /** When it was held or refused last, ms since 1970. */
  readonly lastTime: number;
  /** Whose bucket it was then, and what that lets through. */
  readonly scope: ThrottleScope;
  readonly limitPerSecond: number;
}

/** Since the start, of all devices. */
export interface ThrottleTotals {
  readonly operation: ThrottledOperation;
  readonly scope: ThrottleScope;
  readonly heldCount: number;
  readonly heldMs: number;
  readonly refusedCount: number;
}

/** Messages that were counted on one UTC day, so that a restart does not give them back. */
export interface QuotaStore {
  /** 0 when nothing was counted. `day` counts from 1970-01-01. */
  used(day: number): Promise<number>;
  /** Replaces; days before this one are forgotten. */
  save(day: number, used: number): Promise<void>;
}

export interface Throttles {
  /** Null when nothing is limited, which is the default: the hot path pays for one comparison. */
  readonly throttle: Throttle | null;
}
