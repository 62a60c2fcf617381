import type { EventLog } from '@viaduct/log';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface TellsTime {
  readonly clock: Clock;
}

export interface Randomness {
  bytes(count: number): Buffer;
}

export interface MakesRandomness {
  readonly random: Randomness;
}

/** The log has `2 × eventPartitions` partitions: [0, n) is telemetry, [n, 2n) what happened to devices (ADR 0004). */
export interface AppendsToLog {
  readonly log: EventLog;
  readonly eventPartitions: number;
}

/** The names under which this hub may be addressed in tokens; lower case; the first is the one we give out. */
export interface KnowsItsNames {
  readonly hostNames: readonly string[];
}
