import type { SegmentFile } from './segment-file.ts';

/** Consecutive readers of one partition that are remembered. More than these find their place by the index: slower, not wrong. */
const KEPT_PER_PARTITION = 16;

export interface ReadPlace {
  readonly segment: SegmentFile;
  /** Where the block with the next offset begins, or any block before it. */
  readonly position: number;
}

/** Where recent reads ended, so that a reader who goes on from there need not search: offset → place, per partition. */
export class ReadPlaces {
  readonly #places: Map<number, ReadPlace>[];

  constructor(partitionCount: number) {
    this.#places = Array.from({ length: partitionCount }, () => new Map());
  }

  take(partition: number, offset: number): ReadPlace | undefined {
    const place = this.#places[partition]!.get(offset);
    return place?.segment.removed ? undefined : place;
  }

  put(partition: number, offset: number, place: ReadPlace): void {
    const places = this.#places[partition]!;
    places.delete(offset);
    places.set(offset, place);
    if (places.size <= KEPT_PER_PARTITION) return;
    for (const oldest of places.keys()) {
      places.delete(oldest);
      return;
    }
  }
}
