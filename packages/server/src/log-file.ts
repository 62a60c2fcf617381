import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { LIMITS } from '@viaduct/contracts';

/**
 * Where pino's lines go: one file that grows to a bound, and the one before it.
 *
 * Lines are collected and written together, at latest after a tenth of a second; `flush` writes what waits at once, for
 * the moment before the process ends.
 */
export class LogFile {
  readonly #path: string;
  #descriptor: number;
  #bytes: number;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#descriptor = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#timer ??= setTimeout(() => this.flush(), 100).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('');
    this.#lines = [];
    this.#bytes += writeAsMuchAsPossible(this.#descriptor, text);
    if (this.#bytes > LIMITS.SERVER_LOG_BYTES_MAX) this.#rotate();
  }

  close(): void {
    this.flush();
    closeSync(this.#descriptor);
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    renameSync(this.#path, `${this.#path}.1`);
    this.#descriptor = openSync(this.#path, 'a', 0o600);
    this.#bytes = 0;
  }
}

/** A full disk must not stop the hub from serving reads: the line is lost, the log's own state says the disk is full. */
function writeAsMuchAsPossible(descriptor: number, text: string): number {
  try {
    return writeSync(descriptor, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return 0;
    throw error;
  }
}
