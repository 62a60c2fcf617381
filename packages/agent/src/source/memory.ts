import { readFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';

export interface Memory {
  readonly usedBytes: number;
  readonly totalBytes: number;
}

/**
 * Used memory as an operator means it: what programs hold, without caches that the kernel gives back at once.
 * That is `MemTotal - MemAvailable` of /proc/meminfo; where there is none, Node's figures.
 */
export async function readMemory(path = '/proc/meminfo'): Promise<Memory> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return parseMeminfo(text) ?? { usedBytes: totalmem() - freemem(), totalBytes: totalmem() };
}

/** Pure. Source: proc_meminfo(5); values are KiB whatever the unit column says. */
export function parseMeminfo(text: string): Memory | undefined {
  const total = kibibytes(text, 'MemTotal');
  const available = kibibytes(text, 'MemAvailable');
  if (total === undefined || available === undefined || available > total) return undefined;
  return { usedBytes: (total - available) * 1024, totalBytes: total * 1024 };
}

function kibibytes(text: string, name: string): number | undefined {
  const [, digits] = new RegExp(`^${name}:\\s+(\\d{1,15}) kB$`, 'm').exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
