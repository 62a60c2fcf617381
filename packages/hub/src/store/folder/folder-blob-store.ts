import { Readable } from 'node:stream';
import { LIMITS } from '@viaduct/contracts';
import { JOBS_CONTAINER } from '../../core/file/blob-name.ts';
import type {
  BlobBody,
  BlobGuard,
  BlobPlace,
  BlobRecord,
  BlobStats,
  BlobStore,
  BlockChoice,
  ByteRange,
  Clock,
  ListBlobs,
  NewBlob,
} from '../../core/ports.ts';
import { type OnFault, warnOfFault } from '../../core/repeating-task.ts';
import type { BlobPart, BlobTable } from '../sql/blob-table.ts';
import { type BlobDisk, realBlobDisk } from './blob-disk.ts';
import { ContentFolder } from './content-folder.ts';
import { ReadPins } from './read-pins.ts';
import { StageRoom } from './stage-room.ts';

export interface FolderBlobStoreOptions {
  readonly table: BlobTable;
  /** Made when it is not there. */
  readonly directory: string;
  /** Default: the real one. */
  readonly disk?: BlobDisk;
  readonly clock: Clock;
  /** Default: LIMITS.BLOB_BYTES_MAX. */
  readonly blobBytesMax?: number;
  /** Default: LIMITS.BLOB_STAGED_BYTES_PER_DEVICE_MAX, or one blob of the largest size where that is more. */
  readonly stagedBytesPerDeviceMax?: number;
  /** Hears of a fault in work that nobody waits for. */
  readonly onFault?: OnFault;
}

/**
 * Blobs in a folder: content in files with names of chance, and which is which in the database (ADR 0009).
 *
 *     put         body ─► new file, fsync ─► row, COMMIT ─► old files go
 *     stageBlock  body ─► new file, fsync ─► stage row, COMMIT
 *     commit      stage rows become the blob's parts, COMMIT ─► what is not among them goes
 *
 * Invariants
 *  1. A row refers only to files that are whole and on disk. So a reader sees the old content or the new, whole.
 *  2. A file goes only when no committed row refers to it and nobody reads it.
 *  3. A crash leaves files without a row, never a row without a file; `open` sweeps them behind the start.
 */
export class FolderBlobStore implements BlobStore {
  readonly #table: BlobTable;
  readonly #folder: ContentFolder;
  readonly #clock: Clock;
  readonly #blobBytesMax: number;
  readonly #onFault: (fault: unknown) => void;
  readonly #pins: ReadPins;
  readonly #stageRoom: StageRoom;
  #sweeping: Promise<void> = Promise.resolve();

  private constructor({
    table,
    directory,
    disk = realBlobDisk,
    clock,
    blobBytesMax = LIMITS.BLOB_BYTES_MAX,
    stagedBytesPerDeviceMax = Math.max(LIMITS.BLOB_STAGED_BYTES_PER_DEVICE_MAX, blobBytesMax),
    onFault = warnOfFault,
  }: FolderBlobStoreOptions) {
    this.#table = table;
    this.#folder = new ContentFolder(directory, disk);
    this.#clock = clock;
    this.#blobBytesMax = blobBytesMax;
    this.#onFault = onFault;
    this.#pins = new ReadPins((file) => this.#removeFile(file));
    this.#stageRoom = new StageRoom({ staged: table.staged, bytesPerDeviceMax: stagedBytesPerDeviceMax });
  }

  static async open(options: FolderBlobStoreOptions): Promise<FolderBlobStore> {
    const store = new FolderBlobStore(options);
    await store.#folder.open();
    await store.#table.open();
    store.#sweeping = store.removeLeftovers().then(() => undefined, store.#onFault);
    return store;
  }

  /** How many files without a row were removed. */
  removeLeftovers(): Promise<number> {
    return this.#folder.removeLeftovers((files) => this.#table.referred(files));
  }

  /** Resolves when the sweep that `open` began is over. */
  async close(): Promise<void> {
    await this.#sweeping;
  }

  get stats(): BlobStats {
    return this.#table.stats;
  }

  find(place: BlobPlace): Promise<BlobRecord | undefined> {
    return this.#table.find(place);
  }

  list(query: ListBlobs): Promise<readonly BlobRecord[]> {
    return this.#table.list(query);
  }

  blocks(place: BlobPlace): ReturnType<BlobStore['blocks']> {
    return this.#table.blocks(place);
  }

  async put(place: BlobPlace, body: BlobBody, blob: NewBlob): Promise<BlobRecord> {
    // Judged before the body is taken as well: who may not write need not send 250 MB first.
    blob.guard?.(await this.#table.find(place));
    const { file, bytes, md5 } = await this.#folder.write(body, this.#bytesMaxOf(place));
    const named = { ...blob, headers: { ...blob.headers, contentMd5: blob.headers.contentMd5 ?? md5 } };
    const part = { blockId: '', file, bytes };
    const written = await this.#refer(file, () => this.#table.put(place, part, named, this.#clock.now()));
    this.#free(written.freed);
    return written.blob;
  }

  async stageBlock(place: BlobPlace, blockId: string, body: BlobBody): Promise<string> {
    const blockBytesMax = Math.min(LIMITS.BLOB_BLOCK_BYTES_MAX, this.#bytesMaxOf(place));
    const expected = body.bytes ?? blockBytesMax;
    // Larger than any block: the folder says so, and it needs no room.
    const giveBack = this.#stageRoom.take(place, expected <= blockBytesMax ? expected : 0);
    try {
      const { file, bytes, md5 } = await this.#folder.write(body, blockBytesMax);
      const part = { blockId, file, bytes };
      const replaced = await this.#refer(file, () =>
        this.#table.stage(place, part, this.#clock.now(), this.#bytesMaxOf(place)),
      );
      if (replaced !== undefined) this.#free([replaced]);
      return md5;
    } finally {
      giveBack();
    }
  }

  async commitBlocks(place: BlobPlace, blocks: readonly BlockChoice[], blob: NewBlob): Promise<BlobRecord> {
    const written = await this.#table.commit(place, blocks, blob, this.#clock.now(), this.#bytesMaxOf(place));
    this.#free(written.freed);
    return written.blob;
  }

  update(place: BlobPlace, change: Parameters<BlobStore['update']>[1]): Promise<BlobRecord | undefined> {
    return this.#table.update(place, change, this.#clock.now());
  }

  async open(
    place: BlobPlace,
    range: (blob: BlobRecord) => ByteRange | undefined = wholeOf,
  ): ReturnType<BlobStore['open']> {
    const pin = this.#pins.begin();
    try {
      const found = await this.#table.findWithParts(place);
      if (found === undefined) return undefined;
      const wanted = range(found.blob);
      const parts = wanted === undefined ? [] : partsWithin(found.parts, wanted);
      const release = pin.hold(parts.map(({ file }) => file));
      const stream = Readable.from(this.#contentOf(parts), { objectMode: false });
      // Also when it is destroyed before anybody read a byte.
      stream.once('close', release);
      return { blob: found.blob, range: wanted, stream };
    } finally {
      pin.end();
    }
  }

  async remove(place: BlobPlace, guard?: BlobGuard): Promise<boolean> {
    const freed = await this.#table.remove(place, guard);
    this.#free(freed ?? []);
    return freed !== undefined;
  }

  async discardStaged(place: BlobPlace): Promise<void> {
    this.#free(await this.#table.discardStaged(place));
  }

  async discardStagedBefore(time: number, limit: number): Promise<void> {
    for (const place of await this.#table.placesStagedBefore(time, limit)) await this.discardStaged(place);
  }

  /** A registry of a million devices is one file, larger than a device may upload. */
  #bytesMaxOf({ container }: BlobPlace): number {
    return container === JOBS_CONTAINER ? LIMITS.JOB_FILE_BYTES_MAX : this.#blobBytesMax;
  }

  async *#contentOf(parts: readonly PartRange[]): AsyncGenerator<Buffer> {
    for (const { file, start, end } of parts) yield* this.#folder.read(file, start, end) as AsyncIterable<Buffer>;
  }

  /** A file is safe from the sweep until the row that refers to it is committed; and goes when it is not. */
  async #refer<T>(file: string, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      await this.#folder.remove(file);
      throw error;
    } finally {
      this.#folder.settle(file);
    }
  }

  #free(files: readonly string[]): void {
    for (const file of files) this.#pins.remove(file);
  }

  /** Nobody waits for it: a file that stays is a leftover, and the next start takes it. */
  #removeFile(file: string): void {
    this.#folder.remove(file).catch(this.#onFault);
  }
}

interface PartRange {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Which bytes of which files the range is, in order; both ends are counted in. */
function partsWithin(parts: readonly BlobPart[], range: ByteRange): readonly PartRange[] {
  const found: PartRange[] = [];
  let at = 0;
  for (const { file, bytes } of parts) {
    const start = Math.max(range.start - at, 0);
    const end = Math.min(range.end - at, bytes - 1);
    if (start <= end) found.push({ file, start, end });
    at += bytes;
  }
  return found;
}

function wholeOf({ bytes }: BlobRecord): ByteRange | undefined {
  return bytes === 0 ? undefined : { start: 0, end: bytes - 1 };
}
