import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { HubError, LIMITS } from '@viaduct/contracts';
import { type Disk, readFully, readSmallFile, replaceFile } from './disk.ts';
import type { OnLogEvent } from './events.ts';
import { type CloseNote, damaged, type RecoveryReport, recoverTail } from './recovery.ts';
import {
  decodeSegmentHeader,
  SALT_BYTES,
  SEGMENT_NAME,
  type SegmentHeader,
  segmentHeaderBytes,
  segmentName,
} from './segment.ts';
import { SegmentFile } from './segment-file.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { Place } from './walk.ts';

/** What the log is; written once. Content: {"format", "partitionCount", "salt"}. */
const META = 'log.json';
/** Content: {"lastCommit"}. */
const CLOSE_NOTE = 'closed.json';

export interface OpenSegmentsOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly partitionCount: number;
  readonly segmentBytes: number;
  readonly clock: { now(): number };
  readonly onEvent: OnLogEvent;
}

export interface OpenedSegments {
  /** Oldest first, at least one. */
  readonly segments: SegmentFile[];
  /** Where the log ends. */
  readonly place: Place;
  readonly salt: Buffer;
  readonly recovery: RecoveryReport;
  readonly writer: SegmentWriter;
}

/**
 * Finds the segments of a folder, or makes the first. Reads the header of each and the whole of the newest: where a sealed segment
 * ends is said by the header of the next, so opening takes as long for a large log as for a small one.
 */
export async function openSegments(options: OpenSegmentsOptions): Promise<OpenedSegments> {
  const { disk, directory } = options;
  const names = (await disk.list(directory)).filter((name) => SEGMENT_NAME.test(name)).sort();
  const salt = await openMeta(options, names);
  const segments: SegmentFile[] = [];
  for (const name of names) segments.push(await openSegment(options, name, salt));
  linkSegments(segments);
  const note = await readCloseNote(disk, directory);
  if (segments.length === 0 && note !== undefined && note.lastCommit > 0) {
    throw damaged(segmentName(1), 0, `the log was closed after commit ${note.lastCommit}, and no segment is left`);
  }

  const writer = new SegmentWriter({ ...options, segments });
  try {
    if (segments.length === 0) await writer.renew(firstHeader(options, salt));
    const newest = segments[segments.length - 1]!;
    const { place, report } = await recoverTail(disk, newest, note);
    if (names.length > 0) await writer.resume(newest);
    await disk.syncDirectory(directory);
    return { segments, place, salt, recovery: report, writer };
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** Leaves word of what is durable, so that the next start can tell a lost last commit from one that never was. */
export async function writeCloseNote({ disk, directory }: OpenSegmentsOptions, place: Place): Promise<void> {
  const note: CloseNote = { lastCommit: place.nextCommit - 1 };
  await replaceFile(disk, directory, CLOSE_NOTE, JSON.stringify(note));
}

async function readCloseNote(disk: Disk, directory: string): Promise<CloseNote | undefined> {
  const text = await readSmallFile(disk, `${directory}/${CLOSE_NOTE}`);
  return text === undefined ? undefined : (parse(CLOSE_NOTE, text) as CloseNote);
}

/** @returns the salt of the log */
async function openMeta(options: OpenSegmentsOptions, names: readonly string[]): Promise<Buffer> {
  const { disk, directory, partitionCount } = options;
  const text = await readSmallFile(disk, `${directory}/${META}`);
  if (text === undefined) {
    if (names.length > 0) throw incompatible(`${directory} holds segments but no ${META}; restore it from a backup`);
    if (!Number.isInteger(partitionCount) || partitionCount < 1 || partitionCount > LIMITS.PARTITIONS_MAX) {
      throw incompatible(`a log has 1 to ${LIMITS.PARTITIONS_MAX} partitions, not ${partitionCount}`);
    }
    const salt = randomBytes(SALT_BYTES);
    const meta = { format: 1, partitionCount, salt: salt.toString('hex') };
    await replaceFile(disk, directory, META, `${JSON.stringify(meta)}\n`);
    await disk.syncDirectory(dirname(directory));
    return salt;
  }
  const meta = parse(META, text) as { format: number; partitionCount: number; salt: string };
  if (meta.format !== 1) throw incompatible(`${directory} has format ${meta.format}; this version reads format 1`);
  if (meta.partitionCount !== partitionCount) {
    throw incompatible(
      `${directory} was created with ${meta.partitionCount} partitions and is opened with ${partitionCount}; the number cannot change`,
    );
  }
  return Buffer.from(meta.salt, 'hex');
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HubError('log.damaged', `${name} is not JSON; restore it from a backup`, { cause });
  }
}

function incompatible(message: string): HubError {
  return new HubError('log.incompatible', message);
}

function firstHeader({ clock, partitionCount }: OpenSegmentsOptions, salt: Buffer): SegmentHeader {
  const zeros = new Array<number>(partitionCount).fill(0);
  return { salt, firstCommit: 1, created: clock.now(), timeBefore: 0, firstOffsets: zeros, timesBefore: zeros };
}

async function openSegment(
  { disk, directory, partitionCount }: OpenSegmentsOptions,
  name: string,
  salt: Buffer,
): Promise<SegmentFile> {
  const file = await disk.open(`${directory}/${name}`, 'read');
  try {
    const bytes = Buffer.alloc(segmentHeaderBytes(partitionCount));
    await readFully(file, bytes, 0, bytes.length, 0);
    const header = decodeSegmentHeader(bytes);
    if (header === undefined || !header.salt.equals(salt) || segmentName(header.firstCommit) !== name) {
      throw damaged(name, 0, 'every segment begins with a valid header of this log');
    }
    const segment = new SegmentFile(disk, directory, header);
    segment.end = await file.size();
    return segment;
  } finally {
    await file.close();
  }
}

function linkSegments(segments: readonly SegmentFile[]): void {
  for (let index = 1; index < segments.length; index++) {
    const { header, name } = segments[index]!;
    const before = segments[index - 1]!;
    const rises = header.firstOffsets.every((offset, partition) => offset >= before.header.firstOffsets[partition]!);
    if (!rises) throw damaged(name, 0, `its offsets begin below those of ${before.name}`);
    before.successor = header;
  }
}
