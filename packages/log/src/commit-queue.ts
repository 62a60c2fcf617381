import { LIMITS } from '@viaduct/contracts';
import { Arena } from './arena.ts';
import { FileCommit } from './commit.ts';

/** Arenas that fit a commit spread evenly are kept for the next one; a much larger one is given back. */
const ARENA_KEEP_SHARE = 2;
const ARENA_KEEP_BYTES_MIN = 1_048_576;
/** One set being filled, one being written. */
const SPARE_SETS_MAX = 2;

/** The commit now being collected, and full ones in front of it; and the memory that commits pass on to one another. */
export class CommitQueue {
  /** Where records go. */
  collecting: FileCommit;

  readonly #partitionCount: number;
  readonly #arenaKeepBytes: number;
  readonly #spares: (readonly Arena[])[] = [];
  #full: FileCommit[] = [];
  #fullBytes = 0;

  constructor(partitionCount: number) {
    this.#partitionCount = partitionCount;
    this.#arenaKeepBytes = Math.max(
      ARENA_KEEP_BYTES_MIN,
      (LIMITS.COMMIT_BYTES_MAX * ARENA_KEEP_SHARE) / partitionCount,
    );
    this.collecting = this.#newCommit();
  }

  /** Of all records that wait. */
  get bytes(): number {
    return this.#fullBytes + this.collecting.bytes;
  }

  get isEmpty(): boolean {
    return this.#full.length === 0 && this.collecting.records === 0;
  }

  /** Begins a new commit behind the one being collected, and returns it. */
  setAside(): FileCommit {
    this.#full.push(this.collecting);
    this.#fullBytes += this.collecting.bytes;
    this.collecting = this.#newCommit();
    return this.collecting;
  }

  /** The oldest, to be written. */
  take(): FileCommit {
    const full = this.#full.shift();
    if (full !== undefined) {
      this.#fullBytes -= full.bytes;
      return full;
    }
    const collected = this.collecting;
    this.collecting = this.#newCommit();
    return collected;
  }

  /** All that have records, oldest first. */
  takeAll(): FileCommit[] {
    const all: FileCommit[] = [];
    while (!this.isEmpty) all.push(this.take());
    return all;
  }

  /** Hands the memory of a settled commit on. */
  recycle(commit: FileCommit): void {
    for (const arena of commit.arenas) arena.clear(this.#arenaKeepBytes);
    if (this.#spares.length < SPARE_SETS_MAX) this.#spares.push(commit.arenas);
  }

  #newCommit(): FileCommit {
    return new FileCommit(this.#spares.pop() ?? Array.from({ length: this.#partitionCount }, () => new Arena()));
  }
}
