import type { LogRecord } from '@viaduct/log';

/** Before each record: enqueued time (8 bytes, double) and length (4 bytes), little endian. */
const HEAD_BYTES = 12;

/**
 * Records in one buffer that threads can hand over: thousands of small objects would each be cloned. Pure.
 */
export function packRecords(records: readonly LogRecord[]): Uint8Array<ArrayBuffer> {
  const size = records.reduce((sum, { data }) => sum + HEAD_BYTES + data.length, 0);
  const packed = Buffer.from(new ArrayBuffer(size));
  let at = 0;
  for (const { enqueuedTime, data } of records) {
    packed.writeDoubleLE(enqueuedTime, at);
    packed.writeUInt32LE(data.length, at + 8);
    data.copy(packed, at + HEAD_BYTES);
    at += HEAD_BYTES + data.length;
  }
  return packed;
}

/** The inverse of `packRecords`, one after another: views, valid for as long as they are referenced. */
export function* unpackRecords(firstOffset: number, bytes: Uint8Array): Generator<LogRecord> {
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = firstOffset;
  for (let at = 0; at < packed.length; offset++) {
    const length = packed.readUInt32LE(at + 8);
    const start = at + HEAD_BYTES;
    yield { offset, enqueuedTime: packed.readDoubleLE(at), data: packed.subarray(start, start + length) };
    at = start + length;
  }
}
