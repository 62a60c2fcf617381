import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, rename, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';

export interface SaveFile {
  readonly file: string;
  /** Takes the place of a file that is there. */
  readonly force: boolean;
  /** Called only when the place is free. */
  readonly open: () => Promise<Readable>;
  readonly onBytes: (count: number) => void;
  /** Who may read it; otherwise as the system has it. */
  readonly mode?: number;
}

/**
 * Writes a stream to a file: whole, or not at all. Until the last byte is there it has another name beside it.
 *
 * @throws CliFailure refused when there is a file and `force` is not set, usage when it cannot be written
 */
export async function saveFile({ file, force, open, onBytes, mode = 0o666 }: SaveFile): Promise<void> {
  if (!force && (await exists(file))) throw taken(file);
  const part = `${file}.${randomBytes(4).toString('hex')}.part`;
  const content = await open();
  try {
    await pipeline(content, counted(onBytes), createWriteStream(part, { flags: 'wx', mode })).catch(
      (cause: unknown) => {
        throw isOfFiles(cause) ? cannotWrite(file, cause) : cause;
      },
    );
    await (force ? rename(part, file) : moveIfFree(part, file));
  } finally {
    await rm(part, { force: true });
  }
}

function counted(onBytes: (count: number) => void) {
  return async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      onBytes(chunk.length);
      yield chunk;
    }
  };
}

/** A name is taken by linking in one step; a disk without links gets the file by renaming, which the first look has to cover. */
async function moveIfFree(part: string, file: string): Promise<void> {
  try {
    await link(part, file);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') throw taken(file);
    await rename(part, file);
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return false;
    throw cannotWrite(file, cause);
  }
}

function taken(file: string): CliFailure {
  const advice = 'Name another with -o FILE, or overwrite it with --force.';
  return new CliFailure(ExitCode.refused, `${file} is there already`, advice);
}

function cannotWrite(file: string, cause: unknown): CliFailure {
  const advice = 'Name a place that can be written with -o FILE.';
  return new CliFailure(ExitCode.usage, `${file} cannot be written: ${(cause as Error).message}`, advice, { cause });
}

const DISK_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

/** Of the disk, not of the connection: such a failure names a path, or is one that no socket has. */
function isOfFiles(cause: unknown): boolean {
  return cause instanceof Error && ('path' in cause || DISK_CODES.has(codeOf(cause)));
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
