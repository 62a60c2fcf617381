/** One entry for about this many bytes of segment: finding an offset walks at most so far. */
const SPACING_BYTES = 262_144;

export interface IndexEntry {
  /** Where a block begins. */
  readonly position: number;
  /** Its enqueued time. */
  readonly time: number;
  /** Per partition: the offset that comes next at this block. */
  readonly offsets: readonly number[];
}

/**
 * Sparse and in memory: some blocks of one segment, in order. It is never stored, because a walk over the block headers of one
 * segment rebuilds it (tens of milliseconds for 64 MiB), and only a reader that jumps into a sealed segment needs it.
 */
export class SegmentIndex {
  readonly #entries: IndexEntry[] = [];
  #nextAt = 0;

  /** Tells of a block; kept only when the last one kept is far enough behind. */
  add(position: number, time: number, offsets: readonly number[]): void {
    if (position < this.#nextAt) return;
    this.#entries.push({ position, time, offsets: offsets.slice() });
    this.#nextAt = position + SPACING_BYTES;
  }

  /** The last entry at which `offset` is still to come. */
  beforeOffset(partition: number, offset: number): IndexEntry | undefined {
    return this.#lastWhere((entry) => entry.offsets[partition]! <= offset);
  }

  /** The last entry before every block enqueued at or after `time`. */
  beforeTime(time: number): IndexEntry | undefined {
    return this.#lastWhere((entry) => entry.time < time) ?? this.#entries[0];
  }

  #lastWhere(holds: (entry: IndexEntry) => boolean): IndexEntry | undefined {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.#entries[middle]!)) low = middle + 1;
      else high = middle;
    }
    return this.#entries[low - 1];
  }
}
