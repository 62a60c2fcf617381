import { readdir } from 'node:fs/promises';

/** Undefined where there is no /proc. */
export async function readProcessCount(path = '/proc'): Promise<number | undefined> {
  const count = countProcesses(await readdir(path).catch((): string[] => []));
  return count === 0 ? undefined : count;
}

/** Pure: in /proc, the folders named by a number are the processes. */
export function countProcesses(entries: readonly string[]): number {
  return entries.filter((entry) => /^\d+$/.test(entry)).length;
}
