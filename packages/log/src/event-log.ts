/**
 * The event log: what it promises, whoever keeps it.
 *
 *     write(partition, …) ─► commit being collected ─► disk ─► Commit.done ─► read(partition, offset) · wait(partition, offset)
 *
 * Promises, each proved by `suite.ts` for every implementation:
 *  1. A commit reports success only when all its records survive a crash.
 *  2. A record of a commit that did not report success is, after a crash, there whole or not at all.
 *  3. Offsets of a partition start at 0, rise by one, and are never used twice.
 *  4. Records of one partition are read in the order in which they were written.
 *  5. Enqueued times of a partition never fall.
 *  6. Only durable records can be read.
 */
export interface EventLog {
  readonly partitionCount: number;

  /**
   * Copies a record into the commit now being collected and returns that commit. No promise, no closure, no allocation
   * per record: this is the hot path. The record is `head[0, headLength)` followed by `body[bodyStart, bodyEnd)`; both may be
   * reused by the caller at once.
   *
   * @throws HubError log.unavailable (retry) when the log cannot accept records now, message.tooLarge past RECORD_BYTES_MAX
   */
  write(
    partition: number,
    head: Uint8Array,
    headLength: number,
    body: Uint8Array,
    bodyStart: number,
    bodyEnd: number,
  ): Commit;

  /**
   * More waits for the disk than writers should add to: whoever can hold its peers back should, until this is false again.
   * Writing goes on to work for a while, then refuses with log.unavailable.
   */
  readonly congested: boolean;

  /** One record, and a promise: for everything that is not the hot path. Resolves when durable. */
  append(partition: number, record: Uint8Array): Promise<LogPosition>;

  /**
   * Records of a partition from `fromOffset` on, at most about `maxBytes` of them (at least one if there is one). Empty at
   * the live tail. An offset that retention has removed reads from the oldest there is.
   */
  read(partition: number, fromOffset: number, maxBytes: number): Promise<LogRecord[]>;

  /** Resolves when a record at `offset` or later is readable, or when `signal` aborts (then false). */
  wait(partition: number, offset: number, signal: AbortSignal): Promise<boolean>;

  /** Where a partition begins and ends now. */
  bounds(partition: number): PartitionBounds;

  /** The first offset enqueued at or after `time` (ms since 1970); the next offset when there is none. */
  offsetAt(partition: number, time: number): Promise<number>;

  /** The next offset that `group` wants of a partition, or undefined. */
  checkpoint(group: string, partition: number): number | undefined;

  /** Resolves when the checkpoint is durable. */
  setCheckpoint(group: string, partition: number, nextOffset: number): Promise<void>;

  /** Forgets a group for good. Resolves when that is durable. */
  removeCheckpoints(group: string): Promise<void>;

  /** Whether the log accepts records now; and why not. */
  state(): LogState;

  /** Waits for the commits under way, then lets go of files. */
  close(): Promise<void>;
}

/**
 * Records that become durable together. `add` registers a party once per commit, however many records it wrote:
 *
 *     const commit = log.write(…);
 *     if (commit !== this.#lastCommit) { commit.add(this); this.#lastCommit = commit; }
 */
export interface Commit {
  add(party: CommitParty): void;
}

export interface CommitParty {
  /** All records this party wrote into `commit` are durable. */
  committed(commit: Commit): void;
  /** None of them is, and none will be. */
  failed(commit: Commit, error: Error): void;
}

export interface LogPosition {
  readonly partition: number;
  readonly offset: number;
}

export interface LogRecord {
  readonly offset: number;
  /** Milliseconds since 1970, when the commit of this record was sealed. */
  readonly enqueuedTime: number;
  /** A view; valid for as long as it is referenced, never reused. */
  readonly data: Buffer;
}

export interface PartitionBounds {
  /** Oldest offset kept. */
  readonly first: number;
  /** The offset that the next durable record will have: one past the newest readable record. */
  readonly next: number;
  /** Enqueued time of the newest readable record, ms since 1970; 0 when there never was one. */
  readonly lastEnqueuedTime: number;
}

export type LogState =
  | { readonly kind: 'available' }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly since: number };
