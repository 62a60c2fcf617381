import type { Chunk } from './block-window.ts';
import type { LogRecord } from './event-log.ts';
import { RECORD_HEADER_BYTES } from './segment.ts';

/** Records gathered for one `read`: consecutive offsets of one partition, up to a number of bytes. */
export class RecordBatch {
  readonly records: LogRecord[] = [];
  readonly partition: number;
  /** The offset of the next record to take. */
  nextOffset: number;
  full = false;

  readonly #maxBytes: number;
  #bytes = 0;

  constructor(partition: number, offset: number, maxBytes: number) {
    this.partition = partition;
    this.nextOffset = offset;
    this.#maxBytes = maxBytes;
  }

  wants(chunk: Readonly<Chunk>): boolean {
    return chunk.partition === this.partition && chunk.baseOffset + chunk.count > this.nextOffset;
  }

  /** Takes what is wanted of a chunk's records, as views of `data`. */
  take(data: Buffer, chunk: Readonly<Chunk>, enqueuedTime: number): void {
    let at = 0;
    for (let offset = chunk.baseOffset; at < data.length; offset++) {
      const start = at + RECORD_HEADER_BYTES;
      const end = start + data.readUInt32LE(at);
      at = end;
      if (offset < this.nextOffset) continue;
      if (this.#bytes + end - start > this.#maxBytes && this.records.length > 0) {
        this.full = true;
        return;
      }
      this.records.push({ offset, enqueuedTime, data: data.subarray(start, end) });
      this.#bytes += end - start;
      this.nextOffset = offset + 1;
    }
    if (this.#bytes >= this.#maxBytes) this.full = true;
  }
}
