import type { Disk, DiskFile } from './disk.ts';
import { type SegmentHeader, segmentHeaderBytes, segmentName } from './segment.ts';
import type { SegmentIndex } from './segment-index.ts';

/**
 * One segment on disk, as readers see it. The file is opened when first read, and stays open as long as a reader is inside,
 * even when retention removes it meanwhile.
 */
export class SegmentFile {
  readonly name: string;
  readonly path: string;
  readonly header: SegmentHeader;
  /** Where the durable blocks end, bytes. Of a sealed segment: at most here. */
  end: number;
  /** The header of the segment after this one; undefined for the newest. */
  successor: SegmentHeader | undefined;
  /** Undefined until somebody jumps into this segment. */
  index: SegmentIndex | undefined;
  removed = false;

  readonly #disk: Disk;
  #file: Promise<DiskFile> | undefined;
  #users = 0;
  #lettingGo = false;

  constructor(disk: Disk, directory: string, header: SegmentHeader) {
    this.#disk = disk;
    this.name = segmentName(header.firstCommit);
    this.path = `${directory}/${this.name}`;
    this.header = header;
    this.end = segmentHeaderBytes(header.firstOffsets.length);
  }

  /** The file, for reading. Every `acquire` that resolves needs its `release`. */
  async acquire(): Promise<DiskFile> {
    this.#users++;
    this.#file ??= this.#disk.open(this.path, 'read');
    const opening = this.#file;
    try {
      return await opening;
    } catch (error) {
      this.#users--;
      if (this.#file === opening) this.#file = undefined;
      throw error;
    }
  }

  async release(): Promise<void> {
    this.#users--;
    if (this.#lettingGo) await this.closeIfIdle();
  }

  /** Closes the file now, or when the last reader leaves it. */
  async letGo(): Promise<void> {
    this.#lettingGo = true;
    await this.closeIfIdle();
  }

  /** Closes the file unless a reader is inside. */
  async closeIfIdle(): Promise<void> {
    if (this.#users > 0 || this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    await (await file).close();
  }
}
