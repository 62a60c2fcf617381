import { type Disk, type DiskFile, realDisk } from './disk.ts';

/** Test code: a real disk that can be told to fail. */
export class FaultyDisk implements Disk {
  /** What every write to a segment fails with, or undefined. */
  failing: 'ENOSPC' | 'EIO' | undefined;
  /** Of a failing write, the bytes that reach the disk all the same. */
  bytesBeforeFailure = 0;
  /** How many writes fail before the disk works again. */
  failures = Number.POSITIVE_INFINITY;
  /** Truncating fails too while writes do. */
  failsTruncate = false;
  /** The most bytes one write call takes. */
  bytesPerWrite = Number.POSITIVE_INFINITY;
  free = Number.POSITIVE_INFINITY;
  failsRemove = false;

  readonly #real = realDisk();
  list = this.#real.list;
  makeDirectory = this.#real.makeDirectory;
  rename = this.#real.rename;
  syncDirectory = this.#real.syncDirectory;

  async open(...[path, mode]: Parameters<Disk['open']>): Promise<DiskFile> {
    return new FaultyFile(this, await this.#real.open(path, mode));
  }

  async remove(path: string): Promise<void> {
    if (this.failsRemove) throw fault('EIO');
    await this.#real.remove(path);
  }

  async freeBytes(directory: string): Promise<number> {
    return Math.min(this.free, await this.#real.freeBytes(directory));
  }
}

class FaultyFile implements DiskFile {
  readonly #disk: FaultyDisk;
  readonly #file: DiskFile;

  constructor(disk: FaultyDisk, file: DiskFile) {
    this.#disk = disk;
    this.#file = file;
  }

  async write(buffers: readonly Buffer[], position: number): Promise<number> {
    const { failing, bytesBeforeFailure, bytesPerWrite } = this.#disk;
    const bytes = Buffer.concat(buffers);
    if (failing === undefined) return this.#file.write([bytes.subarray(0, bytesPerWrite)], position);
    if (bytesBeforeFailure > 0) await this.#file.write([bytes.subarray(0, bytesBeforeFailure)], position);
    // The rest of this failure, voiding the block included, reaches nothing.
    this.#disk.bytesBeforeFailure = 0;
    if (--this.#disk.failures === 0) this.#disk.failing = undefined;
    throw fault(failing);
  }

  async truncate(length: number): Promise<void> {
    if (this.#disk.failsTruncate) throw fault('EIO');
    await this.#file.truncate(length);
  }

  read(...args: Parameters<DiskFile['read']>): Promise<number> {
    return this.#file.read(...args);
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  size(): Promise<number> {
    return this.#file.size();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function fault(code: string): Error {
  return Object.assign(new RangeError(`${code}: injected`), { code });
}
