import { HubError } from '@viaduct/contracts';
import { BlockWindow, WINDOW_BYTES } from './block-window.ts';
import { type Disk, type DiskFile, readFully, writeFully } from './disk.ts';
import { BLOCK_MAGIC, type BlockHeader, decodeBlockHeader, SALT_BYTES } from './segment.ts';
import type { SegmentFile } from './segment-file.ts';
import { SegmentIndex } from './segment-index.ts';
import { type Place, startOf, walk } from './walk.ts';

/** What opening a log found at its end. */
export interface RecoveryReport {
  /** File name of the newest segment. */
  readonly segment: string;
  /** Where its valid blocks end, bytes from its start. */
  readonly position: number;
  /** Bytes of a commit that a crash cut short, now removed; 0 after a clean stop. None of them was ever acknowledged. */
  readonly truncatedBytes: number;
  /** Commits checked. */
  readonly commits: number;
  readonly durationMs: number;
}

/** What the log knew to be durable when it was last closed. Absent after a crash; a lower bound in any case. */
export interface CloseNote {
  readonly lastCommit: number;
}

export interface Recovered {
  readonly place: Place;
  readonly report: RecoveryReport;
}

/**
 * Finds where the newest segment ends, and removes what a crash left behind that.
 *
 *     walk valid blocks ─► first invalid one ─┬─ zeros to the end of the file ─────────► clean
 *                                             ├─ a valid block somewhere behind it ────► refuse: the disk lost acknowledged data
 *                                             ├─ the close note promises more commits ─► refuse, likewise
 *                                             └─ anything else ────────────────────────► torn tail: overwrite with zeros
 *
 * A commit found whole is kept even if the process died before acknowledging it, and synced before anybody can read it: after
 * `kill -9` it may so far be in the page cache only.
 *
 * @throws HubError log.damaged
 */
export async function recoverTail(disk: Disk, segment: SegmentFile, note: CloseNote | undefined): Promise<Recovered> {
  const started = performance.now();
  const file = await disk.open(segment.path, 'write');
  try {
    const size = await file.size();
    const place = startOf(segment.header);
    segment.index = new SegmentIndex();
    const window = new BlockWindow(file, segment.header.salt, Buffer.allocUnsafeSlow(WINDOW_BYTES));
    await walk(place, {
      window,
      index: segment.index,
      limit: size,
      commitLimit: Number.MAX_SAFE_INTEGER,
      verify: true,
    });
    const residueEnd = await endOfResidue(file, place.position, size);
    await refuseDamage(file, segment, place, residueEnd, note);
    if (residueEnd > place.position) await overwrite(file, place.position, residueEnd);
    await file.sync();
    segment.end = place.position;
    return {
      place,
      report: {
        segment: segment.name,
        position: place.position,
        truncatedBytes: residueEnd - place.position,
        commits: place.nextCommit - segment.header.firstCommit,
        durationMs: performance.now() - started,
      },
    };
  } finally {
    await file.close();
  }
}

async function refuseDamage(
  file: DiskFile,
  segment: SegmentFile,
  place: Place,
  size: number,
  note: CloseNote | undefined,
): Promise<void> {
  const behind = await findBlockBehind(file, segment.header.salt, place, size);
  if (behind !== undefined) {
    throw damaged(segment.name, place.position, `commit ${behind.commit} stands whole behind it, at byte ${behind.at}`);
  }
  if (note !== undefined && note.lastCommit >= place.nextCommit) {
    throw damaged(segment.name, place.position, `the log was closed after commit ${note.lastCommit}`);
  }
}

/** The refusal to work on a log that lost data which it had acknowledged. */
export function damaged(segment: string, position: number, evidence: string): HubError {
  return new HubError(
    'log.damaged',
    `segment ${segment} is damaged at byte ${position}: no valid commit there, yet ${evidence}. ` +
      'This is not a commit cut short by a crash; the disk or somebody changed data that had been acknowledged. ' +
      'Restore this file from a backup; or, to go on without what it and all later segments hold, move these and ' +
      'closed.json elsewhere.',
  );
}

/** Looks for the head of a block of a later commit than the one missing, at or behind `place`. */
async function findBlockBehind(
  file: DiskFile,
  salt: Buffer,
  place: Place,
  size: number,
): Promise<{ at: number; commit: number } | undefined> {
  const mark = Buffer.alloc(4 + SALT_BYTES);
  mark.writeUInt32LE(BLOCK_MAGIC, 0);
  salt.copy(mark, 4);
  const block: BlockHeader = { commit: 0, time: 0, length: 0, chunkCount: 0 };
  // Windows overlap by the longest block head there is, so that none is missed across the edge.
  const overlap = 65_536;
  const bytes = Buffer.allocUnsafeSlow(1_048_576 + overlap);
  for (let start = place.position; start < size; start += bytes.length - overlap) {
    const length = await readFully(file, bytes, 0, Math.min(bytes.length, size - start), start);
    const read = bytes.subarray(0, length);
    for (let at = read.indexOf(mark); at >= 0; at = read.indexOf(mark, at + 1)) {
      const valid = decodeBlockHeader(read, at, length, salt, block) === 'valid';
      if (valid && block.commit > place.nextCommit) return { at: start + at, commit: block.commit };
    }
  }
  return undefined;
}

/** One past the last byte from `position` on that is not zero; `position` when all are. */
async function endOfResidue(file: DiskFile, position: number, size: number): Promise<number> {
  const bytes = Buffer.allocUnsafeSlow(1_048_576);
  const zeros = Buffer.alloc(bytes.length);
  let end = position;
  for (let start = position; start < size; start += bytes.length) {
    const length = await readFully(file, bytes, 0, Math.min(bytes.length, size - start), start);
    if (bytes.compare(zeros, 0, length, 0, length) === 0) continue;
    let last = length;
    while (bytes[last - 1] === 0) last--;
    end = start + last;
  }
  return end;
}

async function overwrite(file: DiskFile, from: number, to: number): Promise<void> {
  const zeros = Buffer.alloc(Math.min(1_048_576, to - from));
  for (let at = from; at < to; at += zeros.length) {
    await writeFully(file, [zeros.subarray(0, Math.min(zeros.length, to - at))], at);
  }
}
