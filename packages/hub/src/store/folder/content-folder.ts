import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { HubError } from '@viaduct/contracts';
import type { BlobBody } from '../../core/ports.ts';
import type { BlobDisk, BlobFile } from './blob-disk.ts';
import { DiskRoom, type HeldRoom } from './disk-room.ts';

/** A file that was written: what to call it, and what is in it. */
export interface WrittenFile {
  readonly file: string;
  readonly bytes: number;
  /** Base64. */
  readonly md5: string;
}

/**
 * Content in files, as they came.
 *
 *     {directory}/{first two digits}/{32 hex digits}
 *
 * Invariants
 *  1. A file's name is chance and nothing else: nothing a client says becomes part of a path.
 *  2. What `write` resolved for is on disk, its name included. What it rejected for is not there.
 *  3. A file is written once and never changed.
 *  4. A file that nobody refers to is a crash's leftover: `leftovers` finds it, `remove` takes it.
 *  5. All that is written at a time leaves LIMITS.BLOB_DISK_RESERVE_BYTES of the disk: see DiskRoom.
 */
export class ContentFolder {
  readonly #directory: string;
  readonly #disk: BlobDisk;
  readonly #room: DiskRoom;
  /** Written, and perhaps not yet referred to. */
  readonly #fresh = new Set<string>();
  readonly #made = new Set<string>();

  constructor(directory: string, disk: BlobDisk) {
    this.#directory = directory;
    this.#disk = disk;
    this.#room = new DiskRoom(() => disk.freeBytes(directory));
  }

  async open(): Promise<void> {
    await this.#disk.makeDirectory(this.#directory);
  }

  /**
   * Keeps a body. The file is safe from `leftovers` until `settle` is called, once something refers to it or nothing will.
   *
   * @throws HubError blob.tooLarge, blob.md5Mismatch, blob.bodyIncomplete, store.unavailable
   */
  async write(body: BlobBody, bytesMax: number): Promise<WrittenFile> {
    requireSize(body.bytes ?? 0, bytesMax);
    const room = this.#room.enter();
    try {
      await room.require(body.bytes ?? 0);
      return await this.#writeNew(body, bytesMax, room);
    } finally {
      room.release();
    }
  }

  async #writeNew(body: BlobBody, bytesMax: number, room: HeldRoom): Promise<WrittenFile> {
    const file = randomBytes(16).toString('hex');
    this.#fresh.add(file);
    try {
      await this.#makeShard(file);
      const written = await this.#writeFile(this.#pathOf(file), body, bytesMax, room);
      await this.#disk.syncDirectory(this.#shardOf(file));
      return { file, ...written };
    } catch (error) {
      await this.remove(file);
      this.#fresh.delete(file);
      throw asRefusal(error);
    }
  }

  settle(file: string): void {
    this.#fresh.delete(file);
  }

  read(file: string, start: number, end: number): Readable {
    return this.#disk.read(this.#pathOf(file), start, end);
  }

  async remove(file: string): Promise<void> {
    await this.#disk.remove(this.#pathOf(file));
  }

  /** Removes the files that `referred` does not name: what a crash left between writing and referring, or after it. */
  async removeLeftovers(referred: (files: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number> {
    let removed = 0;
    for (const shard of await this.#disk.list(this.#directory)) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      const files = (await this.#disk.list(join(this.#directory, shard))).filter((name) => FILE_NAME.test(name));
      // Before asking who refers to it: a file that is settled by now is referred to by now.
      const settled = files.filter((file) => !this.#fresh.has(file));
      const kept = await referred(settled);
      for (const file of settled) {
        if (kept.has(file)) continue;
        await this.remove(file);
        removed++;
      }
    }
    return removed;
  }

  async #writeFile(path: string, body: BlobBody, bytesMax: number, room: HeldRoom): Promise<Omit<WrittenFile, 'file'>> {
    const handle = await this.#disk.create(path);
    try {
      const written = await this.#copy(handle, body, bytesMax, room);
      if (body.bytes !== undefined && written.bytes !== body.bytes) {
        const text = `${written.bytes} bytes came of ${body.bytes} that were announced`;
        throw new HubError('blob.bodyIncomplete', text);
      }
      if (body.md5 !== undefined && body.md5 !== written.md5) {
        throw new HubError('blob.md5Mismatch', `the content has the MD5 ${written.md5}, not ${body.md5}`);
      }
      await handle.sync();
      return written;
    } finally {
      await handle.close();
    }
  }

  async #copy(
    handle: BlobFile,
    { chunks }: BlobBody,
    bytesMax: number,
    room: HeldRoom,
  ): Promise<Omit<WrittenFile, 'file'>> {
    const hash = createHash('md5');
    let bytes = 0;
    let waiting: Uint8Array[] = [];
    let waitingBytes = 0;
    let unsyncedBytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      requireSize(bytes, bytesMax);
      hash.update(chunk);
      waiting.push(chunk);
      waitingBytes += chunk.byteLength;
      if (waitingBytes < WRITE_BYTES) continue;
      unsyncedBytes += waitingBytes;
      await room.hold(unsyncedBytes);
      await writeFully(handle, waiting);
      waiting = [];
      waitingBytes = 0;
      if (unsyncedBytes < SYNC_BYTES) continue;
      // Little by little: one great flush at the end would make the event log wait for its own.
      await handle.sync();
      room.release();
      unsyncedBytes = 0;
    }
    if (waitingBytes > 0) {
      await room.hold(unsyncedBytes + waitingBytes);
      await writeFully(handle, waiting);
    }
    return { bytes, md5: hash.digest('base64') };
  }

  async #makeShard(file: string): Promise<void> {
    const shard = this.#shardOf(file);
    if (this.#made.has(shard)) return;
    await this.#disk.makeDirectory(shard);
    await this.#disk.syncDirectory(this.#directory);
    this.#made.add(shard);
  }

  #shardOf(file: string): string {
    return join(this.#directory, file.slice(0, 2));
  }

  #pathOf(file: string): string {
    return join(this.#shardOf(file), file);
  }
}

const FILE_NAME = /^[0-9a-f]{32}$/;
const WRITE_BYTES = 262_144;
const SYNC_BYTES = 16 * 1_048_576;

function requireSize(bytes: number, bytesMax: number): void {
  if (bytes > bytesMax) throw new HubError('blob.tooLarge', `${bytes} bytes; at most ${bytesMax} are taken at once`);
}

async function writeFully(handle: BlobFile, buffers: readonly Uint8Array[]): Promise<void> {
  let rest = buffers;
  while (rest.length > 0) {
    const written = await handle.write(rest);
    if (written === 0) throw Object.assign(new RangeError('the disk takes no more bytes'), { code: 'ENOSPC' });
    rest = withoutFirst(rest, written);
  }
}

function withoutFirst(buffers: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skip = count;
  const rest: Uint8Array[] = [];
  for (const buffer of buffers) {
    if (skip < buffer.byteLength) rest.push(buffer.subarray(skip));
    skip = Math.max(0, skip - buffer.byteLength);
  }
  return rest;
}

const DISK_TROUBLE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the file system takes no file of this size',
  EROFS: 'the disk is read-only',
  EIO: 'the disk fails',
  EACCES: 'the folder of files may not be written',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/** A disk that cannot is a refusal, and so is a client that left; anything else is our fault. */
function asRefusal(error: unknown): unknown {
  if (error instanceof HubError || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  const trouble = DISK_TROUBLE[code];
  if (trouble !== undefined) {
    return new HubError('store.unavailable', `a file cannot be kept: ${trouble}`, { cause: error });
  }
  if (!CLIENT_LEFT.has(code)) return error;
  return new HubError('blob.bodyIncomplete', 'the connection ended before all was there', { cause: error });
}

const CLIENT_LEFT: ReadonlySet<string> = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'ECONNABORTED']);
