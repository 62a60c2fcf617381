import assert from 'node:assert';
import { crc32 } from 'node:zlib';
import type { Arena } from './arena.ts';
import type { Commit, CommitParty } from './event-log.ts';
import { CHUNK_ENTRY_BYTES, putUint64, sealBlockHeader, tableEnd } from './segment.ts';

/**
 * Records that become durable together.
 *
 *     collecting ─► waiting ─► sealed (numbered, offsets given) ─► settled: committed or failed
 *
 * The object is new for every commit, so that a party can tell two commits apart by identity; the memory behind it is not.
 * Offsets are given when it is sealed: a commit that fails before has used none.
 */
export class FileCommit implements Commit {
  /** One per partition; handed back when the commit is settled. */
  readonly arenas: readonly Arena[];
  /** What the records take on disk, without headers. */
  bytes = 0;
  records = 0;
  /** Per partition; filled in when the commit is sealed. */
  baseOffsets: readonly number[] = [];

  readonly #parties: CommitParty[] = [];
  #settled = false;

  constructor(arenas: readonly Arena[]) {
    this.arenas = arenas;
  }

  add(party: CommitParty): void {
    assert(!this.#settled, 'a party joins a commit in the turn in which it wrote into it');
    if (this.#parties[this.#parties.length - 1] !== party) this.#parties.push(party);
  }

  /** Tells every party. One that throws is `report`ed and hurts no other. */
  settle(error: Error | undefined, report: (fault: unknown) => void): void {
    this.#settled = true;
    for (const party of this.#parties) {
      try {
        if (error === undefined) party.committed(this);
        else party.failed(this, error);
      } catch (fault) {
        report(fault);
      }
    }
  }
}

export interface Sealing {
  readonly salt: Buffer;
  readonly number: number;
  /** Enqueued time, ms since 1970. */
  readonly time: number;
  readonly baseOffsets: readonly number[];
}

/** A block ready to be written, as pieces that are still the commit's own memory. */
export interface SealedBlock {
  readonly buffers: Buffer[];
  readonly length: number;
}

/** Gives the commit its number, time and offsets, and returns the block. */
export function seal(commit: FileCommit, sealing: Sealing): SealedBlock {
  commit.baseOffsets = sealing.baseOffsets;
  const head = Buffer.allocUnsafe(tableEnd(countChunks(commit.arenas)));
  const buffers: Buffer[] = [head];
  let chunkCount = 0;
  let length = head.length;
  commit.arenas.forEach((arena, partition) => {
    if (arena.count === 0) return;
    const data = arena.written();
    chunkCount = describeChunks(head, chunkCount, arena, data, partition, sealing.baseOffsets[partition]!);
    buffers.push(data);
    length += data.length;
  });
  sealBlockHeader(head, sealing.salt, { commit: sealing.number, time: sealing.time, length, chunkCount });
  return { buffers, length };
}

function countChunks(arenas: readonly Arena[]): number {
  let count = 0;
  for (const arena of arenas) if (arena.count > 0) count += arena.chunkEnds.length + 1;
  return count;
}

/** Writes the table entries of one partition from entry `first` on; returns the number of the next entry. */
function describeChunks(
  head: Buffer,
  first: number,
  arena: Arena,
  data: Buffer,
  partition: number,
  baseOffset: number,
): number {
  let start = 0;
  let startCount = 0;
  for (let chunk = 0; chunk <= arena.chunkEnds.length; chunk++) {
    const end = arena.chunkEnds[chunk] ?? arena.length;
    const endCount = arena.chunkCounts[chunk] ?? arena.count;
    const at = tableEnd(first + chunk);
    head.writeUInt16LE(partition, at);
    head.writeUInt16LE(0, at + 2);
    head.writeUInt32LE(endCount - startCount, at + 4);
    putUint64(head, at + 8, baseOffset + startCount);
    head.writeUInt32LE(end - start, at + 16);
    head.writeUInt32LE(crc32(data.subarray(start, end)), at + CHUNK_ENTRY_BYTES - 4);
    start = end;
    startCount = endCount;
  }
  return first + arena.chunkEnds.length + 1;
}
