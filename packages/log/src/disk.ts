import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';

/**
 * What the log asks of a disk. A port, so that a test can put a full or a failing disk under a log that otherwise works on
 * real files. All errors are Node's own, with `code` ('ENOSPC', 'EIO', 'ENOENT', …).
 */
export interface Disk {
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  list(directory: string): Promise<string[]>;
  makeDirectory(directory: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; content is when it is not there. */
  remove(path: string): Promise<void>;
  /** Makes the names in a directory (files created, renamed, removed) survive a power cut. */
  syncDirectory(directory: string): Promise<void>;
  /** Bytes that this process may still use on the file system of `directory`. */
  freeBytes(directory: string): Promise<number>;
}

/** `create` empties what is there. `create` and `write` give a file whose `write` is durable when it resolves. */
export type OpenMode = 'create' | 'write' | 'read';

export interface DiskFile {
  /** May read less than asked for; 0 at the end of the file. */
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<number>;
  /** Resolves to the bytes written, possibly fewer than given. What it says is written is durable. */
  write(buffers: readonly Buffer[], position: number): Promise<number>;
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** How a write is made durable: by opening with O_DSYNC, or by an fdatasync after each write. */
export type SyncMethod = 'dsync' | 'fdatasync';

/** The operating system's disk. O_DSYNC where it is offered: one system call a commit instead of two. */
export function realDisk(method: SyncMethod = constants.O_DSYNC === undefined ? 'fdatasync' : 'dsync'): Disk {
  const durable = method === 'dsync' ? constants.O_DSYNC : 0;
  const flags: Record<OpenMode, number> = {
    create: constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | durable,
    write: constants.O_RDWR | durable,
    read: constants.O_RDONLY,
  };
  return {
    open: async (path, mode) => new RealFile(await open(path, flags[mode], 0o640), method),
    list: (directory) => readdir(directory),
    makeDirectory: async (directory) => void (await mkdir(directory, { recursive: true, mode: 0o750 })),
    rename,
    remove: (path) => rm(path, { force: true }),
    syncDirectory,
    freeBytes: async (directory) => {
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize;
    },
  };
}

class RealFile implements DiskFile {
  readonly #handle: FileHandle;
  readonly #syncAfterWrite: boolean;

  constructor(handle: FileHandle, method: SyncMethod) {
    this.#handle = handle;
    this.#syncAfterWrite = method === 'fdatasync';
  }

  async read(buffer: Buffer, offset: number, length: number, position: number): Promise<number> {
    return (await this.#handle.read(buffer, offset, length, position)).bytesRead;
  }

  async write(buffers: readonly Buffer[], position: number): Promise<number> {
    const { bytesWritten } = await this.#handle.writev(buffers as Buffer[], position);
    if (this.#syncAfterWrite) await this.#handle.datasync();
    return bytesWritten;
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length);
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Windows cannot open a directory and needs no sync of one: NTFS journals its names. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes all of `buffers`, in as many calls as the disk makes of it. */
export async function writeFully(file: DiskFile, buffers: readonly Buffer[], position: number): Promise<void> {
  let rest = buffers;
  let at = position;
  for (;;) {
    const written = await file.write(rest, at);
    at += written;
    rest = withoutFirst(rest, written);
    if (rest.length === 0) return;
    if (written === 0) throw Object.assign(new RangeError('the disk takes no more bytes'), { code: 'ENOSPC' });
  }
}

function withoutFirst(buffers: readonly Buffer[], count: number): readonly Buffer[] {
  let skip = count;
  let index = 0;
  while (index < buffers.length && skip >= buffers[index]!.length) skip -= buffers[index++]!.length;
  if (skip === 0) return index === buffers.length ? [] : buffers.slice(index);
  return [buffers[index]!.subarray(skip), ...buffers.slice(index + 1)];
}

/** Reads until `length` bytes are there or the file ends; resolves to the bytes read. */
export async function readFully(
  file: DiskFile,
  buffer: Buffer,
  offset: number,
  length: number,
  position: number,
): Promise<number> {
  let done = 0;
  while (done < length) {
    const count = await file.read(buffer, offset + done, length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Replaces a small file so that a crash leaves the old or the new one, whole. */
export async function replaceFile(disk: Disk, directory: string, name: string, content: string): Promise<void> {
  const path = `${directory}/${name}`;
  const file = await disk.open(`${path}.tmp`, 'create');
  try {
    await writeFully(file, [Buffer.from(content)], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(`${path}.tmp`, path);
  await disk.syncDirectory(directory);
}

/** The text of a small file, or undefined when there is none. */
export async function readSmallFile(disk: Disk, path: string): Promise<string | undefined> {
  let file: DiskFile;
  try {
    file = await disk.open(path, 'read');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const content = Buffer.alloc(await file.size());
    const length = await readFully(file, content, 0, content.length, 0);
    return content.toString('utf8', 0, length);
  } finally {
    await file.close();
  }
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
