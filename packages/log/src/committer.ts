import assert from 'node:assert';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { Bounds } from './bounds.ts';
import { type FileCommit, seal } from './commit.ts';
import { CommitQueue } from './commit-queue.ts';
import { CommitStats } from './commit-stats.ts';
import { errorCode } from './disk.ts';
import type { LogState } from './event-log.ts';
import type { OnLogEvent } from './events.ts';
import { RECORD_HEADER_BYTES, type SegmentHeader } from './segment.ts';
import type { SegmentFile } from './segment-file.ts';
import type { SegmentWriter } from './segment-writer.ts';
import type { Waiters } from './waiters.ts';
import type { Place } from './walk.ts';

const PROBE_MS = 1_000;
/** With this much waiting, a commit that could wait for company does not. */
const FULL_ENOUGH_BYTES = 262_144;

export interface CommitterOptions {
  readonly salt: Buffer;
  readonly clock: { now(): number };
  readonly commitDelayMs: number;
  readonly writer: SegmentWriter;
  readonly bounds: Bounds;
  readonly waiters: Waiters;
  readonly onEvent: OnLogEvent;
  /** Where the log ends. The committer owns it from now on. */
  readonly place: Place;
}

interface CommitInFlight {
  readonly commit: FileCommit;
  readonly time: number;
  readonly length: number;
  readonly started: number;
  readonly written: Promise<{ readonly segment: SegmentFile } | { readonly cause: unknown }>;
}

/**
 * Collects records into commits and puts one commit at a time on disk.
 *
 *     idle ── write ──► due ── end of this turn of the event loop ──► in flight ──┬─ nothing came meanwhile ──► idle
 *                        ▲                                                        │
 *                        └──────────── something came meanwhile ──────────────────┘
 *     any ── write failed ──► unavailable ── a new segment could be begun (tried every second) ──► idle
 *
 * Invariants:
 *  1. At most one commit is in flight. Others wait in the order in which they were collected.
 *  2. Number, time and offsets are given when a commit is taken to be written, and count only once it is durable: a failed
 *     commit leaves no gap.
 *  3. When one commit fails, all that wait fail with it: records are never durable out of order.
 */
export class Committer {
  readonly stats = new CommitStats();

  readonly #options: CommitterOptions;
  readonly #queue: CommitQueue;
  readonly #turn = () => void this.#runOne();
  #inFlightBytes = 0;
  #running = false;
  #refusal: string | undefined;
  #since = 0;
  #probe: NodeJS.Timeout | undefined;
  #closing = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#queue = new CommitQueue(options.bounds.next.length);
  }

  /** The hot path; see `EventLog.write`. */
  write(
    partition: number,
    head: Uint8Array,
    headLength: number,
    body: Uint8Array,
    bodyStart: number,
    bodyEnd: number,
  ): FileCommit {
    if (this.#refusal !== undefined) throw new HubError('log.unavailable', this.#refusal);
    const length = headLength + bodyEnd - bodyStart;
    if (length > LIMITS.RECORD_BYTES_MAX) throw tooLarge(length);
    let commit = this.#queue.collecting;
    if (commit.bytes + length + RECORD_HEADER_BYTES > LIMITS.COMMIT_BYTES_MAX) commit = this.#setAside();
    commit.arenas[partition]!.write(head, headLength, body, bodyStart, bodyEnd);
    commit.bytes += length + RECORD_HEADER_BYTES;
    commit.records++;
    if (!this.#running) this.#start();
    return commit;
  }

  get waitingBytes(): number {
    return this.#queue.bytes + this.#inFlightBytes;
  }

  get congested(): boolean {
    return this.waitingBytes > LIMITS.LOG_WAITING_BYTES_MAX / 2;
  }

  get place(): Place {
    return this.#options.place;
  }

  state(): LogState {
    return this.#refusal === undefined
      ? { kind: 'available' }
      : { kind: 'unavailable', reason: this.#refusal, since: this.#since };
  }

  /** Refuses from now on; resolves when what was accepted before is durable or failed. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#probe);
    if (this.#refusal === undefined) this.#refuse('the log is closed');
    if (this.#running) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  #setAside(): FileCommit {
    const waiting = this.waitingBytes;
    if (waiting <= LIMITS.LOG_WAITING_BYTES_MAX) return this.#queue.setAside();
    throw new HubError('log.unavailable', `${waiting} bytes wait for the disk; it is too slow for what arrives`);
  }

  /** At the end of this turn of the event loop: all that other sockets bring in the same turn comes along. */
  #start(): void {
    this.#running = true;
    setImmediate(this.#turn);
  }

  /**
   * Puts commits on disk until nothing waits. The disk gets the next one *before* the parties of the last are told: telling
   * them means a write to every socket, and the disk need not stand idle meanwhile.
   */
  async #runOne(): Promise<void> {
    let current = this.#beginNext();
    while (current !== undefined) {
      const { commit, written } = current;
      const outcome = await written;
      if ('cause' in outcome) {
        this.#fail(commit, outcome.cause);
        break;
      }
      this.#publish(current, outcome.segment);
      const next = this.#mayWait() ? undefined : this.#beginNext();
      this.#settle(commit, undefined);
      this.#wake(commit);
      this.#queue.recycle(commit);
      current = next;
    }
    if (this.#queue.isEmpty) this.#idle();
    else if (this.#mayWait()) setTimeout(this.#turn, this.#options.commitDelayMs);
    else setImmediate(this.#turn);
  }

  #mayWait(): boolean {
    return this.#options.commitDelayMs > 0 && !this.#closing && this.#queue.bytes < FULL_ENOUGH_BYTES;
  }

  #idle(): void {
    this.#running = false;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Hands the oldest commit to the disk, if one has records. Number, time and offsets follow the last durable one. */
  #beginNext(): CommitInFlight | undefined {
    if (this.#queue.isEmpty) return undefined;
    const { writer, salt, place, bounds, clock } = this.#options;
    const commit = this.#queue.take();
    const started = performance.now();
    this.#inFlightBytes = commit.bytes;
    const time = Math.max(place.time, clock.now());
    const block = seal(commit, { salt, number: place.nextCommit, time, baseOffsets: bounds.next.slice() });
    const written = writer.append(block.buffers, block.length, this.#nextHeader()).then(
      (segment) => ({ segment }),
      (cause: unknown) => ({ cause }),
    );
    return { commit, time, length: block.length, started, written };
  }

  /** Makes a durable commit readable. */
  #publish({ commit, time, length, started }: CommitInFlight, segment: SegmentFile): void {
    const { place, bounds } = this.#options;
    segment.index?.add(segment.end, time, place.nextOffsets);
    segment.end += length;
    commit.arenas.forEach((arena, partition) => {
      if (arena.count === 0) return;
      bounds.next[partition]! += arena.count;
      bounds.times[partition] = time;
      place.nextOffsets[partition] = bounds.next[partition]!;
      place.times[partition] = time;
    });
    place.nextCommit++;
    place.time = time;
    this.#inFlightBytes = 0;
    this.stats.committed(commit.records, length, performance.now() - started);
  }

  #wake(commit: FileCommit): void {
    const { waiters, bounds } = this.#options;
    commit.arenas.forEach((arena, partition) => {
      if (arena.count > 0) waiters.wake(partition, bounds.next[partition]!);
    });
  }

  #settle(commit: FileCommit, error: Error | undefined): void {
    commit.settle(error, (fault) =>
      this.#options.onEvent({ kind: 'fault', what: 'a party to a commit threw', error: fault }),
    );
  }

  #fail(commit: FileCommit, cause: unknown): void {
    const reason = explain(cause);
    if (!this.#closing) this.#becomeUnavailable(reason);
    this.#inFlightBytes = 0;
    for (const failed of [commit, ...this.#queue.takeAll()]) {
      this.stats.failedCommits++;
      this.#settle(failed, new HubError('log.unavailable', reason, { cause }));
      this.#queue.recycle(failed);
    }
  }

  #becomeUnavailable(reason: string): void {
    this.#refuse(reason);
    this.#options.onEvent({ kind: 'unavailable', reason });
    this.#probeLater();
  }

  #refuse(reason: string): void {
    this.#refusal = reason;
    this.#since = this.#options.clock.now();
  }

  #probeLater(): void {
    this.#probe = setTimeout(() => void this.#tryAgain(), PROBE_MS);
    this.#probe.unref();
  }

  /** Whether there is room is learnt by making a whole segment. */
  async #tryAgain(): Promise<void> {
    assert(!this.#running, 'nothing is committed while the log is unavailable');
    this.#running = true;
    try {
      await this.#options.writer.renew(this.#nextHeader());
      if (!this.#closing) this.#recover();
    } catch (error) {
      if (!this.#closing) {
        this.#refusal = explain(error);
        this.#probeLater();
      }
    } finally {
      this.#idle();
    }
  }

  #recover(): void {
    this.#refusal = undefined;
    this.#options.onEvent({ kind: 'available', unavailableMs: this.#options.clock.now() - this.#since });
  }

  #nextHeader(): SegmentHeader {
    const { salt, clock, place } = this.#options;
    return {
      salt,
      firstCommit: place.nextCommit,
      created: clock.now(),
      timeBefore: place.time,
      firstOffsets: place.nextOffsets.slice(),
      timesBefore: place.times.slice(),
    };
  }
}

function tooLarge(length: number): HubError {
  return new HubError('message.tooLarge', `a record of ${length} bytes; at most ${LIMITS.RECORD_BYTES_MAX} are kept`);
}

function explain(error: unknown): string {
  const code = errorCode(error);
  const detail = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return `the disk of the event log is full: ${detail}`;
  return `the disk of the event log failed: ${detail}`;
}
