import assert from 'node:assert';
import { HubError } from '@viaduct/contracts';
import { Bounds } from './bounds.ts';
import { type Checkpoints, openCheckpoints } from './checkpoints.ts';
import type { FileCommit } from './commit.ts';
import type { LogStats } from './commit-stats.ts';
import { Committer } from './committer.ts';
import { DirectoryLock } from './directory-lock.ts';
import { type Disk, realDisk } from './disk.ts';
import type { CommitParty, EventLog, LogPosition, LogRecord, LogState, PartitionBounds } from './event-log.ts';
import type { OnLogEvent } from './events.ts';
import { LogReader } from './log-reader.ts';
import { openSegments, writeCloseNote } from './open-segments.ts';
import type { RecoveryReport } from './recovery.ts';
import { Retention, storedBytes } from './retention.ts';
import type { SegmentFile } from './segment-file.ts';
import type { SegmentWriter } from './segment-writer.ts';
import { Waiters } from './waiters.ts';

export interface FileLogOptions {
  /** Made if absent. One process at a time may have it open. */
  readonly directory: string;
  /** Fixed when the log is created. */
  readonly partitionCount: number;
  readonly clock: { now(): number };
  /** Records older than this are removed. Default: 7 days. */
  readonly retentionSeconds?: number;
  /** When all segments together take more than this, the oldest are removed. Default: no bound. */
  readonly retentionBytes?: number;
  /** Default: 30. */
  readonly retentionCheckSeconds?: number;
  /** Default: 64 MiB. */
  readonly segmentBytes?: number;
  /**
   * How long a commit waits for company when another was in flight as its first record came; an idle log always commits at once.
   * 1 or 2 cost that much latency and save most of the CPU of a busy, slow trickle. Default: 0, at the end of the turn.
   */
  readonly commitDelayMs?: number;
  readonly onEvent?: OnLogEvent;
  readonly disk?: Disk;
}

export interface FileEventLog extends EventLog {
  /** What opening found at the end of the log. */
  readonly recovery: RecoveryReport;
  stats(): LogStats;
  /** Applies the retention rules now instead of at the next check. */
  applyRetention(): Promise<void>;
}

const DEFAULTS = {
  retentionSeconds: 7 * 86_400,
  retentionBytes: Number.POSITIVE_INFINITY,
  retentionCheckSeconds: 30,
  segmentBytes: 67_108_864,
  commitDelayMs: 0,
};

/**
 * Opens the log in a folder, or creates it there. Resolves when records can be read and written: what a crash cut short has been removed
 * and reported by then.
 *
 * @throws HubError log.inUse, log.damaged, log.incompatible
 */
export async function openFileLog(options: FileLogOptions): Promise<FileEventLog> {
  const settings = { ...DEFAULTS, disk: realDisk(), onEvent: () => {}, ...options };
  const { disk, directory, onEvent } = settings;
  await disk.makeDirectory(directory);
  const lock = await DirectoryLock.acquire(directory, onEvent);
  try {
    return await FileLog.open(settings, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

type Settings = Required<FileLogOptions>;

interface Parts {
  readonly settings: Settings;
  readonly lock: DirectoryLock;
  readonly segments: SegmentFile[];
  readonly bounds: Bounds;
  readonly waiters: Waiters;
  readonly writer: SegmentWriter;
  readonly committer: Committer;
  readonly checkpoints: Checkpoints;
  readonly recovery: RecoveryReport;
}

/** The parts of a file log, put together; each part says what it does. */
class FileLog implements FileEventLog {
  readonly partitionCount: number;
  readonly recovery: RecoveryReport;

  readonly #parts: Parts;
  readonly #committer: Committer;
  readonly #reader: LogReader;
  readonly #retention: Retention;
  #closing: Promise<void> | undefined;

  static async open(settings: Settings, lock: DirectoryLock): Promise<FileLog> {
    const { disk, directory, partitionCount, onEvent } = settings;
    const checkpoints = await openCheckpoints(disk, directory);
    const { segments, place, salt, recovery, writer } = await openSegments(settings);
    const bounds = new Bounds(segments[0]!.header.firstOffsets, place);
    const waiters = new Waiters(partitionCount);
    const committer = new Committer({ ...settings, salt, writer, bounds, waiters, place });
    checkpoints.limitTo(place.nextOffsets);
    if (recovery.truncatedBytes > 0) onEvent({ kind: 'tornTailRemoved', report: recovery });
    return new FileLog({ settings, lock, segments, bounds, waiters, writer, committer, checkpoints, recovery });
  }

  private constructor(parts: Parts) {
    const { settings, segments, bounds } = parts;
    this.partitionCount = settings.partitionCount;
    this.recovery = parts.recovery;
    this.#parts = parts;
    this.#committer = parts.committer;
    this.#reader = new LogReader(segments, bounds);
    this.#retention = new Retention({ ...settings, segments, bounds }, settings.retentionCheckSeconds);
  }

  write(
    partition: number,
    head: Uint8Array,
    headLength: number,
    body: Uint8Array,
    bodyStart: number,
    bodyEnd: number,
  ): FileCommit {
    return this.#committer.write(partition, head, headLength, body, bodyStart, bodyEnd);
  }

  async append(partition: number, record: Uint8Array): Promise<LogPosition> {
    const commit = this.#committer.write(partition, record, 0, record, 0, record.length);
    const index = commit.arenas[partition]!.count - 1;
    await new Promise<void>((resolve, reject) => {
      const party: CommitParty = { committed: () => resolve(), failed: (_, error) => reject(error) };
      commit.add(party);
    });
    return { partition, offset: commit.baseOffsets[partition]! + index };
  }

  async read(partition: number, fromOffset: number, maxBytes: number): Promise<LogRecord[]> {
    this.#checkReadable(partition);
    return this.#reader.read(partition, fromOffset, maxBytes);
  }

  async wait(partition: number, offset: number, signal: AbortSignal): Promise<boolean> {
    this.#check(partition);
    if (this.#parts.bounds.next[partition]! > offset) return true;
    if (signal.aborted || this.#closing !== undefined) return false;
    return this.#parts.waiters.wait(partition, offset, signal);
  }

  bounds(partition: number): PartitionBounds {
    this.#check(partition);
    const { first, next, times } = this.#parts.bounds;
    return { first: first[partition]!, next: next[partition]!, lastEnqueuedTime: times[partition]! };
  }

  async offsetAt(partition: number, time: number): Promise<number> {
    this.#checkReadable(partition);
    return this.#reader.offsetAt(partition, time);
  }

  checkpoint(group: string, partition: number): number | undefined {
    return this.#parts.checkpoints.get(group, partition);
  }

  setCheckpoint(group: string, partition: number, nextOffset: number): Promise<void> {
    this.#check(partition);
    return this.#parts.checkpoints.set(group, partition, nextOffset);
  }

  removeCheckpoints(group: string): Promise<void> {
    return this.#parts.checkpoints.remove(group);
  }

  get congested(): boolean {
    return this.#committer.congested;
  }

  state(): LogState {
    return this.#committer.state();
  }

  stats(): LogStats {
    const { segments } = this.#parts;
    return this.#committer.stats.snapshot(this.#committer.waitingBytes, segments.length, storedBytes(segments));
  }

  applyRetention(): Promise<void> {
    return this.#retention.apply();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** A disk that fails must not keep the log open: whatever it refuses now is said, and harms nothing durable. */
  async #close(): Promise<void> {
    const { settings, lock, waiters, writer, checkpoints } = this.#parts;
    await this.#committer.close();
    waiters.close();
    await this.#retention.close();
    await checkpoints.close();
    try {
      await writer.close();
      await this.#reader.close();
      await writeCloseNote(settings, this.#committer.place);
    } catch (error) {
      settings.onEvent({ kind: 'fault', what: 'closing the log', error });
    } finally {
      await lock.release();
    }
  }

  /** @throws HubError log.unavailable once the log is being closed */
  #checkReadable(partition: number): void {
    this.#check(partition);
    if (this.#closing !== undefined) throw new HubError('log.unavailable', 'the log is closed');
  }

  #check(partition: number): void {
    assert(partition >= 0 && partition < this.partitionCount, `there is no partition ${partition}`);
  }
}
