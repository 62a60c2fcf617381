import { crc32 } from 'node:zlib';
import type { DiskFile } from './disk.ts';
import { readFully } from './disk.ts';
import { type BlockHeader, CHUNK_ENTRY_BYTES, decodeBlockHeader, getUint64, tableEnd } from './segment.ts';

/** Bytes read at once. One segment's page cache is read in pieces of this size, whatever a record's. */
export const WINDOW_BYTES = 262_144;

/**
 * A movable view of a segment, for walking its blocks: many blocks a read when they are small, none of their data when they are
 * large. `peek` works on what is in memory; `fill` goes to the disk.
 */
export class BlockWindow {
  /** The block last found by `peek`. */
  readonly block: BlockHeader = { commit: 0, time: 0, length: 0, chunkCount: 0 };
  /** The chunk last chosen by `chunk`. */
  readonly chunk: Chunk = { partition: 0, count: 0, baseOffset: 0, length: 0, crc: 0 };

  readonly #file: DiskFile;
  readonly #salt: Buffer;
  readonly #bytes: Buffer;
  #start = 0;
  #length = 0;
  #table = 0;

  constructor(file: DiskFile, salt: Buffer, bytes: Buffer) {
    this.#file = file;
    this.#salt = salt;
    this.#bytes = bytes;
  }

  /** Reads from `position` on, not past `limit`. */
  async fill(position: number, limit: number): Promise<void> {
    const wanted = Math.min(this.#bytes.length, Math.max(0, limit - position));
    this.#length = 0;
    this.#start = position;
    this.#length = await readFully(this.#file, this.#bytes, 0, wanted, position);
  }

  /** Looks at the block at `position`. `short`: header or chunk table are not all in the window. */
  peek(position: number): 'valid' | 'invalid' | 'short' {
    const at = position - this.#start;
    if (at < 0 || at >= this.#length) return 'short';
    this.#table = at;
    return decodeBlockHeader(this.#bytes, at, this.#length, this.#salt, this.block);
  }

  /**
   * Finds the block at `position`, reading as needed; a block that fits is wholly in the window afterwards.
   *
   * @returns false when there is no valid block header
   */
  find(position: number, limit: number): boolean | Promise<boolean> {
    if (this.peek(position) === 'valid' && this.#wellPlaced(position, this.block.length)) return true;
    return this.fill(position, limit).then(() => this.peek(position) === 'valid');
  }

  /** Reads entry `index` of the found block's chunk table into `chunk`. */
  readChunkEntry(index: number): void {
    const at = this.#table + tableEnd(index);
    const bytes = this.#bytes;
    this.chunk.partition = bytes.readUInt16LE(at);
    this.chunk.count = bytes.readUInt32LE(at + 4);
    this.chunk.baseOffset = getUint64(bytes, at + 8);
    this.chunk.length = bytes.readUInt32LE(at + 16);
    this.chunk.crc = bytes.readUInt32LE(at + CHUNK_ENTRY_BYTES - 4);
  }

  /** Bytes of the file, if all are in the window: a view, valid until the next `fill`. */
  view(position: number, length: number): Buffer | undefined {
    const at = position - this.#start;
    return at >= 0 && at + length <= this.#length ? this.#bytes.subarray(at, at + length) : undefined;
  }

  /** Whether the data of every chunk of the found block, which is at `position`, is what was written. */
  async verify(position: number): Promise<boolean> {
    const { chunkCount, length } = this.block;
    let at = position + tableEnd(chunkCount);
    for (let index = 0; index < chunkCount; index++) {
      this.readChunkEntry(index);
      const data = await this.dataAt(at, this.chunk.length);
      if (data.length !== this.chunk.length || crc32(data) !== this.chunk.crc) return false;
      at += this.chunk.length;
    }
    return at === position + length;
  }

  /** Bytes of the file, from the window or else read on their own; shorter where the file ends. */
  async dataAt(position: number, length: number): Promise<Buffer> {
    const inWindow = this.view(position, length);
    if (inWindow !== undefined) return inWindow;
    // A length read from a damaged table is never allocated on trust: no chunk is longer than its block, no block than the file.
    const available = Math.max(0, Math.min(length, (await this.#file.size()) - position));
    const bytes = Buffer.allocUnsafeSlow(available);
    return bytes.subarray(0, await readFully(this.#file, bytes, 0, available, position));
  }

  /** A block that straddles the end of the window is read again from its start, if it then fits. */
  #wellPlaced(position: number, length: number): boolean {
    return position + length <= this.#start + this.#length || length > this.#bytes.length;
  }
}

export interface Chunk {
  partition: number;
  count: number;
  baseOffset: number;
  length: number;
  crc: number;
}
