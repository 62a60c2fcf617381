import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileEventLog, type FileLogOptions, openFileLog } from './file-log.ts';

/** Test code: file logs in folders of their own, which `removeTestFolders` removes. */
const folders: string[] = [];

export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'viaduct-log-'));
  folders.push(folder);
  return folder;
}

export async function copyOfFolder(folder: string): Promise<string> {
  const copy = await testFolder();
  await cp(folder, copy, { recursive: true, filter: (path) => !path.endsWith('/lock') });
  return copy;
}

export async function removeTestFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** Small segments, so that a few records fill one. */
export function openTestLog(directory: string, options: Partial<FileLogOptions> = {}): Promise<FileEventLog> {
  return openFileLog({ directory, partitionCount: 4, segmentBytes: 65_536, clock: Date, ...options });
}
