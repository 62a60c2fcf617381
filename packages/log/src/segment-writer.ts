import { type Disk, type DiskFile, writeFully } from './disk.ts';
import type { OnLogEvent } from './events.ts';
import { BLOCK_HEADER_BYTES, encodeSegmentHeader, type SegmentHeader, segmentHeaderBytes } from './segment.ts';
import { SegmentFile } from './segment-file.ts';
import { SegmentIndex } from './segment-index.ts';

const PREPARED = 'prepared.tmp';
const PIECE_BYTES = 1_048_576;
/** The next segment is prepared when the active one is this full: late enough for a small log, early enough for a fast one. */
const PREPARE_AT = 0.25;

export interface SegmentWriterOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly segmentBytes: number;
  /** Oldest first; the writer appends to it. */
  readonly segments: SegmentFile[];
  readonly onEvent: OnLogEvent;
}

/**
 * Puts blocks behind one another, and begins a new segment when the active one is full or no longer to be trusted.
 *
 *     ready ── block does not fit ──► rolling ──► ready
 *       └───── a write failed ──────► suspect ──► rolling (tried by `renew`)
 *
 * After a failed write or sync the active file is never written again. The kernel may have dropped the dirty pages and
 * reported that only once, so a later sync that succeeds proves nothing. What was acknowledged before is on disk, because each
 * of those writes was itself durable. The failed block's head is overwritten with zeros if the disk lets us; and the next segment is
 * named after the same commit number, which makes whatever is left of it void (segment.ts, invariant 3).
 */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  #segment: SegmentFile | undefined;
  #file: DiskFile | undefined;
  #suspect = false;
  #preparing: Promise<DiskFile | undefined> | undefined;
  /** Whether the next segment is wanted at once, filled or not. */
  #hurry = false;
  #retiring: Promise<void> = Promise.resolve();

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
  }

  /** Goes on in the newest segment. */
  async resume(segment: SegmentFile): Promise<void> {
    this.#file = await this.#options.disk.open(segment.path, 'write');
    this.#segment = segment;
  }

  /** Resolves to the segment that holds the block when it is durable. `header` begins a segment, should one be needed. */
  async append(buffers: readonly Buffer[], length: number, header: SegmentHeader): Promise<SegmentFile> {
    if (this.#mustRoll(length)) {
      // Records wait: what is not yet filled with zeros stays so, and the commits there cost some metadata more.
      this.#hurry = !this.#suspect;
      await this.renew(header);
    }
    const segment = this.#segment!;
    try {
      await writeFully(this.#file!, buffers, segment.end);
    } catch (error) {
      this.#suspect = true;
      await this.#voidBlock(segment.end);
      throw error;
    }
    if (segment.end > this.#options.segmentBytes * PREPARE_AT) this.#preparing ??= this.#prepareAhead();
    return segment;
  }

  /** Begins a new segment. Once tried, nothing is written to the old one even if this fails: the new name may be on disk. */
  async renew(header: SegmentHeader): Promise<void> {
    this.#suspect = true;
    const { disk, directory, segments, onEvent } = this.#options;
    const file = (await this.#preparing) ?? (await this.#prepare());
    this.#preparing = undefined;
    this.#hurry = false;
    const segment = new SegmentFile(disk, directory, header);
    try {
      await writeFully(file, [encodeSegmentHeader(header)], 0);
      await disk.rename(`${directory}/${PREPARED}`, segment.path);
      await disk.syncDirectory(directory);
    } catch (error) {
      await this.#quietly('closing a segment that could not be begun', () => file.close());
      throw error;
    }
    this.#retire(header);
    segment.index = new SegmentIndex();
    this.#segment = segment;
    this.#file = file;
    this.#suspect = false;
    segments.push(segment);
    onEvent({ kind: 'segmentStarted', segment: segment.name });
  }

  async close(): Promise<void> {
    this.#hurry = true;
    const prepared = await this.#preparing;
    this.#preparing = undefined;
    await this.#retiring;
    await prepared?.close();
    await this.#options.disk.remove(`${this.#options.directory}/${PREPARED}`);
    await this.#file?.close();
    this.#file = undefined;
  }

  #mustRoll(length: number): boolean {
    if (this.#suspect || this.#segment === undefined) return true;
    const { end, header } = this.#segment;
    // A block longer than a segment gets a segment of its own, which is then longer.
    return end + length > this.#options.segmentBytes && end > segmentHeaderBytes(header.firstOffsets.length);
  }

  /** Lets go of the segment that was active, in the background: no commit waits for that. */
  #retire(successor: SegmentHeader): void {
    const segment = this.#segment;
    const file = this.#file;
    if (segment === undefined || file === undefined) return;
    segment.successor = successor;
    // A segment that never held a block has just been replaced under its own name.
    const replaced = segment.header.firstCommit === successor.firstCommit;
    if (replaced) this.#forget(segment);
    const before = this.#retiring;
    this.#retiring = this.#quietly('trimming and closing a full segment', async () => {
      await before;
      try {
        if (!replaced) await file.truncate(segment.end);
      } finally {
        await file.close();
      }
    });
  }

  #forget(segment: SegmentFile): void {
    const { segments } = this.#options;
    segments.splice(segments.indexOf(segment), 1);
    segment.removed = true;
  }

  async #voidBlock(position: number): Promise<void> {
    const file = this.#file!;
    await this.#quietly('voiding a commit that failed', () =>
      writeFully(file, [Buffer.alloc(BLOCK_HEADER_BYTES)], position),
    );
  }

  async #prepareAhead(): Promise<DiskFile | undefined> {
    try {
      return await this.#prepare();
    } catch (error) {
      this.#options.onEvent({ kind: 'fault', what: 'preparing the next segment', error });
      return undefined;
    }
  }

  /**
   * A file full of zeros, durable: later writes into it change no metadata, which is what makes them cheap. Ends early when the
   * file is wanted at once.
   */
  async #prepare(): Promise<DiskFile> {
    const { disk, directory, segmentBytes } = this.#options;
    const path = `${directory}/${PREPARED}`;
    await this.#requireRoom();
    const file = await disk.open(path, 'create');
    try {
      const zeros = Buffer.alloc(Math.min(PIECE_BYTES, segmentBytes));
      for (let at = 0; at < segmentBytes && !this.#hurry; at += zeros.length) {
        await writeFully(file, [zeros.subarray(0, Math.min(zeros.length, segmentBytes - at))], at);
      }
      await file.sync();
      return file;
    } catch (error) {
      await this.#quietly('closing an unfinished segment', () => file.close());
      await this.#quietly('removing an unfinished segment', () => disk.remove(path));
      throw error;
    }
  }

  /** Asks before it fills: trying every second must not take the last free bytes from the other users of a full disk. */
  async #requireRoom(): Promise<void> {
    const { disk, directory, segmentBytes } = this.#options;
    const free = await disk.freeBytes(directory);
    if (free >= segmentBytes) return;
    const message = `a segment needs ${segmentBytes} bytes and the disk has ${free} left`;
    throw Object.assign(new RangeError(message), { code: 'ENOSPC' });
  }

  /** For clean-up whose failure harms no data: said, and not passed on. */
  async #quietly(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.onEvent({ kind: 'fault', what, error });
    }
  }
}
