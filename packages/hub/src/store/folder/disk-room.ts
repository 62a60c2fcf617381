import { HubError, LIMITS } from '@viaduct/contracts';

/**
 * What files leave of the disk to everything else: the event log and the registry live on it too.
 *
 * A write counts with what it has brought and not yet flushed. Were each judged by the free bytes alone, many at once would
 * be let on by the same ones, and eat up the reserve together. What is merely announced counts for nobody else: whoever
 * announces much and sends little would keep everybody out.
 */
export class DiskRoom {
  readonly #freeBytes: () => Promise<number>;
  /** Of all writes under way. */
  #heldBytes = 0;

  constructor(freeBytes: () => Promise<number>) {
    this.#freeBytes = freeBytes;
  }

  /** One write begins. */
  enter(): HeldRoom {
    let own = 0;
    const set = (bytes: number) => {
      this.#heldBytes += bytes - own;
      own = bytes;
    };
    return {
      require: (bytes) => this.#require(bytes),
      hold: async (bytes) => {
        set(bytes);
        await this.#require(0);
      },
      release: () => set(0),
    };
  }

  async #require(more: number): Promise<void> {
    // Before the disk is asked: what is flushed meanwhile counts twice then, and never not at all.
    const held = this.#heldBytes;
    const free = await this.#freeBytes();
    if (free - held - more >= LIMITS.BLOB_DISK_RESERVE_BYTES) return;
    throw new HubError('store.unavailable', `the disk is full: ${free} bytes are free, and files leave a reserve`);
  }
}

/** The part of one write. */
export interface HeldRoom {
  /** Whether so much would fit now. @throws HubError store.unavailable (retry) */
  require(bytes: number): Promise<void>;
  /** Before they are written: bytes that are not flushed then, in place of those held before. @throws as `require` */
  hold(bytes: number): Promise<void>;
  /** What it held is flushed, or will not be written. */
  release(): void;
}
