import { statfs } from 'node:fs/promises';

export interface Disk {
  readonly usedBytes: number;
  /** What an unprivileged program may still write: less than the unused blocks, for some are reserved. */
  readonly freeBytes: number;
}

export async function readDisk(path = '/'): Promise<Disk> {
  return diskFrom(await statfs(path));
}

/** Pure. Source: statvfs(3): `bfree` for what is used, `bavail` for what is free, as `df` does. */
export function diskFrom(stats: { bsize: number; blocks: number; bfree: number; bavail: number }): Disk {
  return { usedBytes: (stats.blocks - stats.bfree) * stats.bsize, freeBytes: stats.bavail * stats.bsize };
}
