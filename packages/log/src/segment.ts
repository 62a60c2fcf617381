import { crc32 } from 'node:zlib';

/**
 * The format of a segment file. Pure: bytes in, values out. All numbers are little endian; u64 values stay below 2^53.
 *
 *     segment  = segment header, block, block, …, zeros up to the preallocated size
 *     block    = block header, chunk table, chunk data            one block is one commit
 *     chunk    = records of one partition, back to back           at most about CHUNK_BYTES of them
 *     record   = u32 length, bytes
 *
 *     segment header, 48 + 16 x partitions bytes     block header, 40 bytes                  chunk table entry, 24 bytes
 *      0 u32 magic "VLS1"                             0 u32 magic "VLB1"                      0 u16 partition
 *      4 u32 CRC-32 of all header bytes from 8 on     4 u64 salt of this log                  2 u16 zero
 *      8 u16 version = 1                             12 u32 CRC-32 of header and chunk        4 u32 number of records
 *     10 u16 number of partitions                           table from byte 16 on             8 u64 offset of the first record
 *     12 u32 length of this header                   16 u16 version = 1                      16 u32 length of its data
 *     16 u64 salt of this log                        18 u16 number of chunks                 20 u32 CRC-32 of its data
 *     24 u64 number of the first commit              20 u32 length of the whole block
 *     32 u64 created, ms since 1970                  24 u64 commit number
 *     40 u64 enqueued time of the commit before      32 u64 enqueued time, ms since 1970
 *     48 per partition: u64 first offset,
 *        u64 enqueued time of its newest record before this segment
 *
 * Invariants:
 *  1. A block is valid when magic, salt, version and length fit, the CRC over header and table holds, and the CRC of every chunk
 *     holds. The table carries the chunks' CRCs, so the header's CRC vouches for the whole block, while a reader of one
 *     partition need only read and check the chunks of that partition.
 *  2. Commit numbers rise by one from block to block and from segment to segment; a file is named after its first.
 *  3. A segment ends where the next begins: a block numbered at or above the first commit of the next segment belongs to a
 *     commit that failed, and does not exist. The newest segment ends at the first block that is not valid.
 *  4. Only one block is ever being written. So behind a torn one there is no valid one; where there is, the disk lost
 *     something that it had promised to keep.
 *  5. The salt is random for each log, so no record a device could send can be taken for a block.
 *  6. Every segment says at which offset each of its partitions begins: the oldest can go without the others' noticing.
 */
const SEGMENT_MAGIC = 0x31_53_4c_56;
export const BLOCK_MAGIC = 0x31_42_4c_56;
const FORMAT_VERSION = 1;
export const BLOCK_HEADER_BYTES = 40;
export const CHUNK_ENTRY_BYTES = 24;
export const RECORD_HEADER_BYTES = 4;
export const SALT_BYTES = 8;
/** A chunk that has this many bytes is closed. Small, so that a reader with a small budget checks little more than it takes. */
export const CHUNK_BYTES = 65_536;

const SEGMENT_HEADER_FIXED = 48;
const PARTITION_ENTRY = 16;
const TWO_32 = 4_294_967_296;

export interface SegmentHeader {
  readonly salt: Buffer;
  readonly firstCommit: number;
  readonly created: number;
  /** Enqueued time of the newest commit before this segment; 0 when there was none. */
  readonly timeBefore: number;
  /** Per partition. */
  readonly firstOffsets: readonly number[];
  readonly timesBefore: readonly number[];
}

export function segmentHeaderBytes(partitionCount: number): number {
  return SEGMENT_HEADER_FIXED + PARTITION_ENTRY * partitionCount;
}

export function segmentName(firstCommit: number): string {
  return `${String(firstCommit).padStart(16, '0')}.seg`;
}

export const SEGMENT_NAME = /^\d{16}\.seg$/;

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(segmentHeaderBytes(header.firstOffsets.length));
  bytes.writeUInt32LE(SEGMENT_MAGIC, 0);
  bytes.writeUInt16LE(FORMAT_VERSION, 8);
  bytes.writeUInt16LE(header.firstOffsets.length, 10);
  bytes.writeUInt32LE(bytes.length, 12);
  header.salt.copy(bytes, 16);
  putUint64(bytes, 24, header.firstCommit);
  putUint64(bytes, 32, header.created);
  putUint64(bytes, 40, header.timeBefore);
  header.firstOffsets.forEach((offset, partition) => {
    putUint64(bytes, SEGMENT_HEADER_FIXED + PARTITION_ENTRY * partition, offset);
    putUint64(bytes, SEGMENT_HEADER_FIXED + PARTITION_ENTRY * partition + 8, header.timesBefore[partition]!);
  });
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  return bytes;
}

/** The header at the start of `bytes`, or undefined when there is no valid one. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_FIXED || bytes.readUInt32LE(0) !== SEGMENT_MAGIC) return undefined;
  const length = bytes.readUInt32LE(12);
  const partitionCount = bytes.readUInt16LE(10);
  if (length !== segmentHeaderBytes(partitionCount) || length > bytes.length) return undefined;
  if (bytes.readUInt16LE(8) !== FORMAT_VERSION || crc32(bytes.subarray(8, length)) !== bytes.readUInt32LE(4)) {
    return undefined;
  }
  const entry = (partition: number, at: number) =>
    getUint64(bytes, SEGMENT_HEADER_FIXED + PARTITION_ENTRY * partition + at);
  return {
    salt: Buffer.from(bytes.subarray(16, 16 + SALT_BYTES)),
    firstCommit: getUint64(bytes, 24),
    created: getUint64(bytes, 32),
    timeBefore: getUint64(bytes, 40),
    firstOffsets: Array.from({ length: partitionCount }, (_, partition) => entry(partition, 0)),
    timesBefore: Array.from({ length: partitionCount }, (_, partition) => entry(partition, 8)),
  };
}

/** What the header of a block says. One object is filled again and again: walking a log allocates nothing per block. */
export interface BlockHeader {
  commit: number;
  time: number;
  /** Of the whole block, bytes. */
  length: number;
  chunkCount: number;
}

/** Fills in the header of a block whose chunk table already stands behind it in `bytes`, and seals both with the CRC. */
export function sealBlockHeader(bytes: Buffer, salt: Buffer, header: Readonly<BlockHeader>): void {
  bytes.writeUInt32LE(BLOCK_MAGIC, 0);
  salt.copy(bytes, 4);
  bytes.writeUInt16LE(FORMAT_VERSION, 16);
  bytes.writeUInt16LE(header.chunkCount, 18);
  bytes.writeUInt32LE(header.length, 20);
  putUint64(bytes, 24, header.commit);
  putUint64(bytes, 32, header.time);
  bytes.writeUInt32LE(crc32(bytes.subarray(16, tableEnd(header.chunkCount))), 12);
}

/** Bytes of a block's header and chunk table. */
export function tableEnd(chunkCount: number): number {
  return BLOCK_HEADER_BYTES + CHUNK_ENTRY_BYTES * chunkCount;
}

/**
 * Reads the header of a block at `at` into `into`. `short` when `bytes` ends before header and table do; `invalid` when this is no
 * block of this log. `valid` vouches for header and table, not yet for the chunks.
 */
export function decodeBlockHeader(
  bytes: Buffer,
  at: number,
  end: number,
  salt: Buffer,
  into: BlockHeader,
): 'valid' | 'invalid' | 'short' {
  if (at + BLOCK_HEADER_BYTES > end) return 'short';
  if (bytes.readUInt32LE(at) !== BLOCK_MAGIC || bytes.compare(salt, 0, SALT_BYTES, at + 4, at + 12) !== 0) {
    return 'invalid';
  }
  const chunkCount = bytes.readUInt16LE(at + 18);
  const length = bytes.readUInt32LE(at + 20);
  const headed = tableEnd(chunkCount);
  if (bytes.readUInt16LE(at + 16) !== FORMAT_VERSION || length < headed) return 'invalid';
  if (at + headed > end) return 'short';
  if (crc32(bytes.subarray(at + 16, at + headed)) !== bytes.readUInt32LE(at + 12)) return 'invalid';
  into.commit = getUint64(bytes, at + 24);
  into.time = getUint64(bytes, at + 32);
  into.length = length;
  into.chunkCount = chunkCount;
  return 'valid';
}

export function putUint64(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value % TWO_32, at);
  bytes.writeUInt32LE(Math.floor(value / TWO_32), at + 4);
}

export function getUint64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * TWO_32;
}
