import { CHUNK_BYTES, RECORD_HEADER_BYTES } from './segment.ts';

const FIRST_BYTES = 16_384;
/** Below this a loop beats `Buffer.copy`, which costs about 90 ns whatever the length. */
const LOOP_BYTES_MAX = 40;

/**
 * Records of one partition of one commit, back to back in the form in which they go to disk. Grows, and is used again by later
 * commits, so that writing a record allocates nothing.
 */
export class Arena {
  /** Records written since `clear`. */
  count = 0;
  /** Bytes written since `clear`. */
  length = 0;
  /** Where each closed chunk ends, in bytes and in records. The open one ends at `length` and `count`. */
  readonly chunkEnds: number[] = [];
  readonly chunkCounts: number[] = [];

  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #chunkFull = CHUNK_BYTES;

  /** Appends head[0, headLength) + body[bodyStart, bodyEnd) as one record. */
  write(head: Uint8Array, headLength: number, body: Uint8Array, bodyStart: number, bodyEnd: number): void {
    const at = this.length;
    if (at >= this.#chunkFull) this.#closeChunk();
    const length = headLength + bodyEnd - bodyStart;
    const end = at + RECORD_HEADER_BYTES + length;
    if (end > this.#bytes.length) this.#grow(end);
    const bytes = this.#bytes;
    bytes[at] = length & 0xff;
    bytes[at + 1] = (length >>> 8) & 0xff;
    bytes[at + 2] = (length >>> 16) & 0xff;
    bytes[at + 3] = length >>> 24;
    const bodyAt = at + RECORD_HEADER_BYTES + headLength;
    put(bytes, at + RECORD_HEADER_BYTES, head, 0, headLength);
    put(bytes, bodyAt, body, bodyStart, bodyEnd);
    this.length = end;
    this.count++;
  }

  /** The records as they go to disk. A view, valid until `clear`. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  /** Forgets the records and keeps the memory, unless that is more than `keepBytesMax`. */
  clear(keepBytesMax: number): void {
    this.count = 0;
    this.length = 0;
    this.chunkEnds.length = 0;
    this.chunkCounts.length = 0;
    this.#chunkFull = CHUNK_BYTES;
    if (this.#bytes.length > keepBytesMax) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  }

  #closeChunk(): void {
    this.chunkEnds.push(this.length);
    this.chunkCounts.push(this.count);
    this.#chunkFull = this.length + CHUNK_BYTES;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}

function put(target: Buffer, at: number, source: Uint8Array, start: number, end: number): void {
  if (end - start > LOOP_BYTES_MAX) {
    Buffer.prototype.copy.call(source, target, at, start, end);
    return;
  }
  for (let from = start, to = at; from < end; from++, to++) target[to] = source[from]!;
}
