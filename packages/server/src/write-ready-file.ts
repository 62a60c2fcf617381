import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import type { ReadyFile } from '@viaduct/contracts';

/**
 * Puts the file there whole or not at all: a script that waits for it never reads half of it. Mode 0600, for it holds keys.
 */
export async function writeReadyFile(file: string, ready: ReadyFile): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  await writeFile(temporary, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, file);
}

export async function removeReadyFile(file: string): Promise<void> {
  await rm(file, { force: true });
}
