import type { BlockWindow } from './block-window.ts';
import type { SegmentHeader } from './segment.ts';
import { segmentHeaderBytes } from './segment.ts';
import type { SegmentIndex } from './segment-index.ts';

/** Where a walk through a segment has come to: everything the next block must agree with. */
export interface Place {
  /** Where the next block begins, bytes from the start of the file. */
  position: number;
  nextCommit: number;
  /** Enqueued time of the last block. */
  time: number;
  /** Per partition. */
  readonly nextOffsets: number[];
  readonly times: number[];
}

export function startOf(header: SegmentHeader): Place {
  return {
    position: segmentHeaderBytes(header.firstOffsets.length),
    nextCommit: header.firstCommit,
    time: header.timeBefore,
    nextOffsets: [...header.firstOffsets],
    times: [...header.timesBefore],
  };
}

export interface Walk {
  readonly window: BlockWindow;
  readonly index: SegmentIndex;
  /** No byte at or past this is looked at. */
  readonly limit: number;
  /** Blocks numbered at or above this do not exist (segment.ts, invariant 3). */
  readonly commitLimit: number;
  /** Whether to check the data of every chunk, not only headers and tables. */
  readonly verify: boolean;
}

/** Moves `place` over every valid block, indexing on the way, and stops before the first that is not valid. */
export async function walk(place: Place, { window, index, limit, commitLimit, verify }: Walk): Promise<void> {
  while (place.nextCommit < commitLimit && place.position < limit) {
    const found = window.find(place.position, limit);
    if (!(found === true || (await found))) return;
    const { block } = window;
    if (block.commit !== place.nextCommit || place.position + block.length > limit || !continues(window, place)) return;
    if (verify && !(await window.verify(place.position))) return;
    index.add(place.position, block.time, place.nextOffsets);
    advance(window, place);
  }
}

/** Whether the found block's chunks begin at the offsets that are next. */
function continues(window: BlockWindow, place: Place): boolean {
  let partition = -1;
  let next = 0;
  for (let entry = 0; entry < window.block.chunkCount; entry++) {
    window.readChunkEntry(entry);
    const { chunk } = window;
    if (chunk.partition !== partition) next = place.nextOffsets[chunk.partition] ?? -1;
    if (chunk.baseOffset !== next) return false;
    partition = chunk.partition;
    next += chunk.count;
  }
  return true;
}

function advance(window: BlockWindow, place: Place): void {
  const { block, chunk } = window;
  for (let entry = 0; entry < block.chunkCount; entry++) {
    window.readChunkEntry(entry);
    place.nextOffsets[chunk.partition] = chunk.baseOffset + chunk.count;
    place.times[chunk.partition] = block.time;
  }
  place.position += block.length;
  place.nextCommit++;
  place.time = block.time;
}
