import type { Place } from './walk.ts';

/** Where the partitions begin and end now. What readers may see: changed only when a commit is durable or a segment is gone. */
export class Bounds {
  /** Per partition: the oldest offset kept. */
  readonly first: number[];
  /** Per partition: one past the newest readable record. */
  readonly next: number[];
  /** Per partition: enqueued time of the newest readable record, 0 when there never was one. */
  readonly times: number[];

  constructor(first: readonly number[], end: Place) {
    this.first = [...first];
    this.next = [...end.nextOffsets];
    this.times = [...end.times];
  }
}
