import { crc32 } from 'node:zlib';
import { BlockWindow, WINDOW_BYTES } from './block-window.ts';
import type { Bounds } from './bounds.ts';
import type { DiskFile } from './disk.ts';
import type { LogRecord } from './event-log.ts';
import { ReadPlaces } from './read-places.ts';
import { RecordBatch } from './record-batch.ts';
import { damaged } from './recovery.ts';
import { segmentHeaderBytes, tableEnd } from './segment.ts';
import type { SegmentFile } from './segment-file.ts';
import { SegmentIndex } from './segment-index.ts';
import { startOf, walk } from './walk.ts';

const WINDOWS_KEPT = 4;
const OPEN_SEGMENTS_MAX = 16;

/** Reads durable records. Every byte handed out has been checked against its CRC in this very read. */
export class LogReader {
  readonly #segments: readonly SegmentFile[];
  readonly #bounds: Bounds;
  readonly #places: ReadPlaces;
  readonly #windows: Buffer[] = [];
  readonly #open: SegmentFile[] = [];

  /** @param segments oldest first; changed by others as segments come and go */
  constructor(segments: readonly SegmentFile[], bounds: Bounds) {
    this.#segments = segments;
    this.#bounds = bounds;
    this.#places = new ReadPlaces(bounds.next.length);
  }

  /** @throws HubError log.damaged */
  async read(partition: number, fromOffset: number, maxBytes: number): Promise<LogRecord[]> {
    for (;;) {
      const offset = Math.max(fromOffset, this.#bounds.first[partition]!);
      const batch = new RecordBatch(partition, offset, maxBytes);
      try {
        await this.#collect(batch);
        return batch.records;
      } catch (error) {
        // Retention may have removed the segment between finding and opening it: then there is a new oldest offset.
        if (offset >= this.#bounds.first[partition]!) throw error;
      }
    }
  }

  /** @throws HubError log.damaged */
  async offsetAt(partition: number, time: number): Promise<number> {
    for (;;) {
      const segment = this.#segments.find(({ successor }) => successor === undefined || successor.timeBefore >= time);
      if (segment === undefined) return this.#bounds.next[partition]!;
      try {
        return Math.max(await this.#offsetInside(segment, partition, time), this.#bounds.first[partition]!);
      } catch (error) {
        if (!segment.removed) throw error;
      }
    }
  }

  async close(): Promise<void> {
    for (const segment of this.#segments) await segment.letGo();
  }

  async #collect(batch: RecordBatch): Promise<void> {
    const next = this.#bounds.next[batch.partition]!;
    if (batch.nextOffset >= next) return;
    const known = this.#places.take(batch.partition, batch.nextOffset);
    let segment = known?.segment ?? this.#segmentOf(batch.partition, batch.nextOffset);
    let position = known?.position ?? (await this.#positionOf(segment, batch.partition, batch.nextOffset));
    for (;;) {
      position = await this.#inside(segment, (file) => this.#readSegment(file, segment, position, next, batch));
      if (batch.full || batch.nextOffset >= next) break;
      segment = this.#segmentOf(batch.partition, batch.nextOffset);
      position = segmentHeaderBytes(this.#bounds.next.length);
    }
    this.#places.put(batch.partition, batch.nextOffset, { segment, position });
  }

  /** Reads blocks from `position` on until the batch is full or the segment has no more; returns where to go on. */
  async #readSegment(
    file: DiskFile,
    segment: SegmentFile,
    from: number,
    next: number,
    batch: RecordBatch,
  ): Promise<number> {
    const stop = Math.min(next, segment.successor?.firstOffsets[batch.partition] ?? next);
    const limit = segment.end;
    const bytes = this.#windows.pop() ?? Buffer.allocUnsafeSlow(WINDOW_BYTES);
    const window = new BlockWindow(file, segment.header.salt, bytes);
    let position = from;
    try {
      while (batch.nextOffset < stop) {
        const found = window.find(position, limit);
        if (!(found === true || (await found))) throw unreadable(segment, position, batch);
        if (!(await this.#readBlock(window, segment, position, batch))) break;
        position += window.block.length;
      }
    } finally {
      if (this.#windows.length < WINDOWS_KEPT) this.#windows.push(bytes);
    }
    return position;
  }

  /** @returns false when the batch is full before the block ends */
  async #readBlock(window: BlockWindow, segment: SegmentFile, position: number, batch: RecordBatch): Promise<boolean> {
    const { block, chunk } = window;
    let at = position + tableEnd(block.chunkCount);
    for (let entry = 0; entry < block.chunkCount; entry++) {
      window.readChunkEntry(entry);
      if (batch.wants(chunk)) {
        const inWindow = window.view(at, chunk.length);
        // What is handed out must not change when the window moves.
        const data = inWindow === undefined ? await window.dataAt(at, chunk.length) : Buffer.from(inWindow);
        if (data.length !== chunk.length || crc32(data) !== chunk.crc) throw unreadable(segment, position, batch);
        batch.take(data, chunk, block.time);
        if (batch.full) return false;
      }
      at += chunk.length;
    }
    return true;
  }

  async #offsetInside(segment: SegmentFile, partition: number, time: number): Promise<number> {
    const entry = (await this.#indexOf(segment)).beforeTime(time) ?? {
      position: segmentHeaderBytes(this.#bounds.next.length),
      offsets: segment.header.firstOffsets,
    };
    return this.#inside(segment, (file) => this.#scanForTime(file, segment, { partition, time }, entry));
  }

  async #scanForTime(
    file: DiskFile,
    segment: SegmentFile,
    { partition, time }: { partition: number; time: number },
    from: { position: number; offsets: readonly number[] },
  ): Promise<number> {
    const window = new BlockWindow(file, segment.header.salt, Buffer.allocUnsafeSlow(WINDOW_BYTES));
    let position = from.position;
    let next = from.offsets[partition]!;
    const limit = segment.end;
    const nextAtEnd = segment.successor?.firstOffsets[partition] ?? this.#bounds.next[partition]!;
    while (next < nextAtEnd && position < limit) {
      const found = window.find(position, limit);
      if (!(found === true || (await found))) throw unreadable(segment, position, { partition, nextOffset: next });
      if (window.block.time >= time) return next;
      for (let entry = 0; entry < window.block.chunkCount; entry++) {
        window.readChunkEntry(entry);
        if (window.chunk.partition === partition) next = window.chunk.baseOffset + window.chunk.count;
      }
      position += window.block.length;
    }
    return next;
  }

  /** The last segment that begins at or before `offset`: the one that holds it. */
  #segmentOf(partition: number, offset: number): SegmentFile {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle]!.header.firstOffsets[partition]! <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#segments[Math.max(0, low - 1)]!;
  }

  async #positionOf(segment: SegmentFile, partition: number, offset: number): Promise<number> {
    const start = segmentHeaderBytes(this.#bounds.next.length);
    if (offset === segment.header.firstOffsets[partition]) return start;
    return (await this.#indexOf(segment)).beforeOffset(partition, offset)?.position ?? start;
  }

  async #indexOf(segment: SegmentFile): Promise<SegmentIndex> {
    if (segment.index !== undefined) return segment.index;
    const index = new SegmentIndex();
    await this.#inside(segment, (file) => {
      const window = new BlockWindow(file, segment.header.salt, Buffer.allocUnsafeSlow(WINDOW_BYTES));
      const commitLimit = segment.successor?.firstCommit ?? Number.MAX_SAFE_INTEGER;
      return walk(startOf(segment.header), { window, index, limit: segment.end, commitLimit, verify: false });
    });
    segment.index = index;
    return index;
  }

  async #inside<T>(segment: SegmentFile, work: (file: DiskFile) => Promise<T>): Promise<T> {
    const file = await segment.acquire();
    try {
      return await work(file);
    } finally {
      await segment.release();
      await this.#keepFewOpen(segment);
    }
  }

  /** Closes the file read longest ago when too many are open. */
  async #keepFewOpen(used: SegmentFile): Promise<void> {
    if (this.#open[this.#open.length - 1] === used) return;
    const index = this.#open.indexOf(used);
    if (index >= 0) this.#open.splice(index, 1);
    this.#open.push(used);
    if (this.#open.length > OPEN_SEGMENTS_MAX) await this.#open.shift()?.closeIfIdle();
  }
}

function unreadable(segment: SegmentFile, position: number, want: { partition: number; nextOffset: number }): Error {
  return damaged(
    segment.name,
    position,
    `offset ${want.nextOffset} of partition ${want.partition} must be at or behind it`,
  );
}
