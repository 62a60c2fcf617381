import { constants, createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, statfs } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** What the folder of blobs asks of a disk. A port, so that a test can fill it up. All errors are Node's own, with `code`. */
export interface BlobDisk {
  /** A file that was not there before. */
  create(path: string): Promise<BlobFile>;
  /** Bytes `start` to `end`, both counted in. */
  read(path: string, start: number, end: number): Readable;
  list(directory: string): Promise<readonly string[]>;
  makeDirectory(directory: string): Promise<void>;
  /** Content is when it is not there. */
  remove(path: string): Promise<void>;
  /** Makes the names in a directory survive a power cut. */
  syncDirectory(directory: string): Promise<void>;
  freeBytes(directory: string): Promise<number>;
}

export interface BlobFile {
  /** Appends; may write less than given. */
  write(buffers: readonly Uint8Array[]): Promise<number>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const realBlobDisk: BlobDisk = {
  create,
  read: (path, start, end) => createReadStream(path, { start, end, highWaterMark: READ_BYTES }),
  list: (directory) => readdir(directory),
  makeDirectory: async (directory) => void (await mkdir(directory, { recursive: true, mode: 0o700 })),
  remove: (path) => rm(path, { force: true }),
  syncDirectory,
  freeBytes: async (directory) => {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  },
};

const READ_BYTES = 131_072;

async function create(path: string): Promise<BlobFile> {
  // Exclusive: two writers of one file would be a fault of ours, and must not go unseen.
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  return {
    write: async (buffers) => (await handle.writev(buffers as Uint8Array[])).bytesWritten,
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
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
